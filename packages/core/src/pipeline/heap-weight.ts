import type { VerifiedToken } from '../request/verified-token.ts';

/** Says how many bytes of heap a verified token's principal keeps. */
export type HeapScale = (verified: VerifiedToken) => number;

// What V8 takes for each on a 64-bit machine without pointer compression, as Node is built; the test
// holds the sums against the real heap.
const WORD = 8;
const OBJECT_HEADER = 3 * WORD;
/** An object without members has room for four. */
const EMPTY_OBJECT = OBJECT_HEADER + 4 * WORD;
const ARRAY = 4 * WORD;
const ARRAY_ELEMENTS = 2 * WORD;
const STRING_HEADER = 2 * WORD;
/** The JSON parser keeps one copy of equal texts up to this length. */
const MAX_SHARED_TEXT = 10;
/** A number that is no 32-bit integer stands in a box of its own. */
const BOXED_NUMBER = 2 * WORD;
/** Beyond so many members an object becomes a hash table. */
const MAX_FAST_MEMBERS = 128;
const TABLE_ENTRY = 3 * WORD;
const TABLE_HEADER = 5 * WORD;
/** What an object's layout costs when no other object has the same members in the same order. */
const LAYOUT = 6 * WORD;
const LAYOUT_MEMBER = 18 * WORD;
/** The principal itself, its lists' heads, and the cache's own record of the entry. */
const PRINCIPAL = 512;
/** What is neither plain object nor list, as a claims schema may make it: a date, a map. */
const OTHER_OBJECT = 128;

/** Layouts that are remembered as shared; the tokens of an issuer have a few dozen. */
const MAX_LAYOUTS = 512;
const MAX_LAYOUT_LENGTH = 1_024;
/** More objects and short texts are no token's: they are not worth keeping. */
const MAX_OBJECTS = 100_000;

const NOT_LATIN = /[^\0-\xff]/;
const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/**
 * Makes a scale for verified tokens: how much heap their claims and lists keep. What a short text can
 * blow up to is counted: empty lists, boxed numbers, and member names that no other token has.
 *
 * Does not count what tokens share: the issuer, its keys, and layouts seen before. It never throws;
 * what is too large to walk weighs more than any cache keeps.
 */
export function createHeapScale(): HeapScale {
  const layouts = new Set<string>();

  return ({ principal }) => {
    const seen = new Set<unknown>();
    const { claims, audience, scopes, permissions, roles, groups, actor } = principal;
    let bytes = PRINCIPAL + weightOf(principal.key);
    const pending: unknown[] = [claims, audience, scopes, permissions, roles, groups, actor];
    // Not recursive: what a schema makes may be deep, and may hold itself.
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
    let bytes = members(names);
    for (const name of names) {
      const member: unknown = Reflect.get(value, name);
      if (typeof member === 'object') pending.push(member);
      else if (isNew(member, seen)) bytes += weightOf(member);
    }
    return bytes;
  }

  /** An object without what its members hold. */
  function members(names: readonly string[]): number {
    if (names.length === 0) return EMPTY_OBJECT;
    // Members named by numbers come first, and stand in a table of their own.
    if (INDEX.test(names[0] ?? '')) return EMPTY_OBJECT + table(names.length);
    if (names.length > MAX_FAST_MEMBERS) return OBJECT_HEADER + table(names.length) + texts(names);
    const bytes = OBJECT_HEADER + WORD * names.length;
    const layout = names.join('\n');
    if (layouts.has(layout)) return bytes;
    if (layouts.size < MAX_LAYOUTS && layout.length <= MAX_LAYOUT_LENGTH) layouts.add(layout);
    return bytes + LAYOUT + LAYOUT_MEMBER * names.length + texts(names);
  }
}

/** Hash tables grow by doubling, and are at most two thirds full. */
function table(entries: number): number {
  const capacity = Math.max(4, 2 ** Math.ceil(Math.log2(entries * 1.5)));
  return TABLE_HEADER + TABLE_ENTRY * capacity;
}

function texts(names: readonly string[]): number {
  let bytes = 0;
  for (const name of names) bytes += weightOf(name);
  return bytes;
}

/** False for a short text that this token has had before. */
function isNew(value: unknown, seen: Set<unknown>): boolean {
  if (typeof value !== 'string' || value.length > MAX_SHARED_TEXT) return true;
  if (seen.has(value)) return false;
  seen.add(value);
  return true;
}

/** What a member that is no object takes beside its place. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') {
    const length = NOT_LATIN.test(value) ? 2 * value.length : value.length;
    return STRING_HEADER + WORD * Math.ceil(length / WORD);
  }
  return typeof value === 'number' && (value | 0) !== value ? BOXED_NUMBER : 0;
}
