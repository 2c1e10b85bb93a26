/**
 * Whether an object in a JSON text, at any depth, has two members of one name: `JSON.parse` takes the
 * last, other parsers the first (RFC 8259 §4), and what they disagree on must not decide. Names are
 * compared as they are read: `"\u0061"` is `"a"`. For valid JSON alone: of other text it says anything.
 */
export function hasDuplicateMembers(json: string): boolean {
  /** The names so far of each object that is open; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (let index = 0; index < json.length; index++) {
    switch (json[index]) {
      case '{':
        open.push(new Set());
        isName = true;
        break;
      case '[':
        open.push(undefined);
        isName = false;
        break;
      case '}':
      case ']':
        open.pop();
        isName = false;
        break;
      case ',':
        isName = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(json, index);
        if (isName && isKnown(open.at(-1), json.slice(index, end + 1))) return true;
        index = end;
        isName = false;
        break;
      }
    }
  }
  return false;
}

function isKnown(names: Set<string> | undefined, text: string): boolean {
  const name = text.includes('\\') ? String(JSON.parse(text)) : text.slice(1, -1);
  if (names === undefined) return false;
  if (names.has(name)) return true;
  names.add(name);
  return false;
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(json: string, start: number): number {
  let index = start + 1;
  while (index < json.length && json[index] !== '"') index += json[index] === '\\' ? 2 : 1;
  return index;
}
