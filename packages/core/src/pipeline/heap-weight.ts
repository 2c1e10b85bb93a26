import type { VerifiedToken } from '../request/verified-token.ts';

/** Estimates how many bytes of heap the principal of a verified token takes. */
export type HeapScale = (verified: VerifiedToken) => number;

// Sizes of V8 on a 64-bit machine without pointer compression, which is how Node is built. A test compares
// the sums with the real heap.
const WORD = 8;
const OBJECT_HEADER = 3 * WORD;
/** V8 reserves room for four members in an empty object. */
const EMPTY_OBJECT = OBJECT_HEADER + 4 * WORD;
const ARRAY = 4 * WORD;
const ARRAY_ELEMENTS = 2 * WORD;
const STRING_HEADER = 2 * WORD;
/** The JSON parser keeps only one copy of equal strings up to this length. */
const MAX_SHARED_TEXT = 10;
/** A number that is not a 32-bit integer is stored as an object of its own. */
const BOXED_NUMBER = 2 * WORD;
/** V8 stores an object with more members than this as a hash table. */
const MAX_FAST_MEMBERS = 127;
const TABLE_ENTRY_WORDS = 3;
const TABLE_HEADER = 5 * WORD;
/**
 * V8 stores members named by numbers in a list that has a place for every number up to the largest. Only if that list
 * would be at least this many times as large as a hash table of the members, V8 makes the hash table.
 */
const LIST_PREFERENCE = 3;
/** The layout (V8's hidden class) of an object, when no other object has the same members in the same order. */
const LAYOUT = 6 * WORD;
const LAYOUT_MEMBER = 18 * WORD;
/** The principal object itself, the headers of its lists, and the cache's own record of the entry. */
const PRINCIPAL = 512;
/** An object that is neither a plain object nor a list: a claims schema may make a `Date` or a `Map`. */
const OTHER_OBJECT = 128;

/** At most this many layouts are remembered as seen. The tokens of one issuer have a few dozen. */
const MAX_LAYOUTS = 512;
const MAX_LAYOUT_LENGTH = 2_048;
/** No real token has more objects and short strings than this, so such a token is not cached. */
const MAX_OBJECTS = 100_000;

const NOT_LATIN = /[^\0-\xff]/;
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
/** V8 treats a larger number as a name like any other. */
const MAX_INDEX = 2 ** 32 - 2;

/**
 * Makes a function that estimates how much heap the claims and lists of a verified token take. Some things
 * take much more heap than their text in the token: empty lists, numbers stored as objects, and member names
 * that no other token has. They are counted, too.
 *
 * It does not count what tokens share: the issuer, its keys, and layouts seen before. It does not see that the JSON
 * text had a member twice, for which V8 reserves room that the parsed claims do not show: only a trusted issuer itself can
 * make such a token. It never throws. For a token with too many objects to count, it gives a number that is larger than
 * any cache.
 */
export function createHeapScale(): HeapScale {
  const layouts = new Set<string>();

  return ({ principal }) => {
    const seen = new Set<unknown>();
    const { claims, audience, scopes, permissions, roles, groups, actor } = principal;
    let bytes = PRINCIPAL + weightOf(principal.key);
    const pending: unknown[] = [claims, audience, scopes, permissions, roles, groups, actor];
    // Not recursive: the output of a schema may be very deep, and may contain itself.
    for (let value = pending.pop(); ; value = pending.pop()) {
      if (typeof value === 'object' && value !== null && !seen.has(value)) {
        seen.add(value);
        if (seen.size > MAX_OBJECTS) return Number.MAX_SAFE_INTEGER;
        bytes += Array.isArray(value) ? list(value, seen, pending) : object(value, seen, pending);
      }
      if (pending.length === 0) return bytes;
    }
  };

  function list(items: readonly unknown[], seen: Set<unknown>, pending: unknown[]): number {
    let bytes = items.length === 0 ? ARRAY : ARRAY + ARRAY_ELEMENTS + WORD * items.length;
    for (const item of items) {
      if (typeof item === 'object') pending.push(item);
      else if (isNew(item, seen)) bytes += weightOf(item);
    }
    return bytes;
  }

  function object(value: object, seen: Set<unknown>, pending: unknown[]): number {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return OTHER_OBJECT;
    const names = Object.keys(value);
    const hasLayout = names.length <= MAX_FAST_MEMBERS;
    let bytes = members(names);
    for (const name of names) {
      const member: unknown = Reflect.get(value, name);
      if (typeof member === 'object') pending.push(member);
      // After a member was a fraction in one object, V8 also boxes integers in this member of all objects of the layout.
      else if (hasLayout && typeof member === 'number') bytes += BOXED_NUMBER;
      else if (isNew(member, seen)) bytes += weightOf(member);
    }
    return bytes;
  }

  /** The size of an object without the values of its members. */
  function members(names: readonly string[]): number {
    const indexes = indexesIn(names);
    if (indexes === 0) return names.length === 0 ? EMPTY_OBJECT : named(names);
    const bytes = indexed(indexes, Number(names[indexes - 1]));
    return bytes + (indexes === names.length ? EMPTY_OBJECT : named(names.slice(indexes)));
  }

  function named(names: readonly string[]): number {
    if (names.length > MAX_FAST_MEMBERS) {
      return OBJECT_HEADER + TABLE_HEADER + WORD * tableWords(names.length) + texts(names);
    }
    const bytes = OBJECT_HEADER + WORD * names.length;
    // Not `join`: a name may contain the separator, and then different layouts would look the same.
    const layout = JSON.stringify(names);
    if (layouts.has(layout)) return bytes;
    if (layouts.size < MAX_LAYOUTS && layout.length <= MAX_LAYOUT_LENGTH) layouts.add(layout);
    return bytes + LAYOUT + LAYOUT_MEMBER * names.length + texts(names);
  }
}

/** How many of the names are numbers. `Object.keys` gives these first, in ascending order. */
function indexesIn(names: readonly string[]): number {
  let count = 0;
  for (const name of names) {
    if (!INDEX.test(name) || Number(name) > MAX_INDEX) break;
    count++;
  }
  return count;
}

/** The size of what holds the members named by numbers: V8 keeps them apart from the others. */
function indexed(count: number, largest: number): number {
  const words = tableWords(count);
  return largest + 1 < LIST_PREFERENCE * words
    ? ARRAY_ELEMENTS + WORD * (largest + 1)
    : TABLE_HEADER + WORD * words;
}

/** The words of the entries of a hash table. It grows by doubling, and is at most two thirds full. */
function tableWords(entries: number): number {
  return TABLE_ENTRY_WORDS * Math.max(4, 2 ** Math.ceil(Math.log2(Math.floor(entries * 1.5))));
}

function texts(names: readonly string[]): number {
  let bytes = 0;
  for (const name of names) bytes += weightOf(name);
  return bytes;
}

/** `false` for a short string that was counted for this token before. */
function isNew(value: unknown, seen: Set<unknown>): boolean {
  if (typeof value !== 'string' || value.length > MAX_SHARED_TEXT) return true;
  if (seen.has(value)) return false;
  seen.add(value);
  return true;
}

/** What a value that is not an object takes in addition to its place in the object or list. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') {
    const length = NOT_LATIN.test(value) ? 2 * value.length : value.length;
    return STRING_HEADER + WORD * Math.ceil(length / WORD);
  }
  // Not `===`: minus zero is no 32-bit integer.
  return typeof value === 'number' && !Object.is(value | 0, value) ? BOXED_NUMBER : 0;
}
