/** A common beginning that is shorter than this fits too many names. */
const MIN_PREFIX = 3;

/** A name may differ in one character of every four, and in at least one. */
const CHARACTERS_FOR_EACH_MISTAKE = 4;

/**
 * Gives the name that was probably meant by a misspelled one; `undefined` if none is similar. A name is similar if it
 * differs only in upper and lower case, if one of the two begins with the other, or if few characters differ.
 */
export function nearestName(misspelled: string, names: readonly string[]): string | undefined {
  const wanted = misspelled.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length / CHARACTERS_FOR_EACH_MISTAKE));
  let nearest: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = distanceOf(wanted, name.toLowerCase());
    const similar = distance <= allowed || beginsWith(wanted, name.toLowerCase());
    if (similar && (nearest === undefined || distance < nearest.distance)) {
      nearest = { name, distance };
    }
  }
  return nearest?.name;
}

function beginsWith(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < MIN_PREFIX) return false;
  return a.startsWith(b) || b.startsWith(a);
}

/** How many characters must be inserted, removed, replaced, or swapped with the next one, to turn `a` into `b`. */
function distanceOf(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(before, j - 2) + 1 : replaced;
      next.push(Math.min(replaced, swapped, at(row, j) + 1, at(next, j - 1) + 1));
    }
    before = row;
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
