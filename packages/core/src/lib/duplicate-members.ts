const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Whether an object in JSON has two members of one name, at any depth (RFC 7515 §4, RFC 8259 §4).
 * `JSON.parse` keeps the last of them, other parsers the first: two readers would see two texts. The
 * text must be valid JSON.
 */
export function hasDuplicateMembers(json: string): boolean {
  /** The names seen in each object that is open; `undefined` for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (let index = 0; index < json.length; index++) {
    const character = json.charCodeAt(index);
    if (character === OPEN_OBJECT) open.push(new Set());
    else if (character === OPEN_ARRAY) open.push(undefined);
    else if (character === CLOSE_OBJECT || character === CLOSE_ARRAY) open.pop();
    else if (character === QUOTE) {
      const end = endOfString(json, index + 1);
      if (isName(json, end + 1)) {
        // Parsed, since `"a"` and `"\u0061"` are one name.
        const name: unknown = JSON.parse(json.slice(index, end + 1));
        const names = open.at(-1);
        if (typeof name !== 'string' || names?.has(name)) return true;
        names?.add(name);
      }
      index = end;
    }
  }
  return false;
}

function endOfString(json: string, start: number): number {
  let index = start;
  while (index < json.length && json.charCodeAt(index) !== QUOTE) {
    index += json.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index;
}

/** Whether the string that ends before `start` is a member's name: a colon follows. */
function isName(json: string, start: number): boolean {
  let index = start;
  while (' \t\n\r'.includes(json.charAt(index)) && index < json.length) index++;
  return json.charCodeAt(index) === COLON;
}
