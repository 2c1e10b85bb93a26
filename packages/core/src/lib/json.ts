import { isStrictBase64Url } from './base64url.ts';
import { utf8Text } from './utf8.ts';

/** Deeper JSON than this is nobody's token; `JSON.parse` itself would take any depth. */
export const MAX_JSON_DEPTH = 32;

/**
 * Decodes base64url (RFC 4648 §5) strictly: one spelling per byte string, so no padding, no other
 * alphabet, no white space, no stray trailing bits. `undefined` for anything else.
 */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return isStrictBase64Url(text, bytes.byteLength) ? bytes : undefined;
}

/**
 * Parses bytes as one JSON object (RFC 8259), deeply frozen; `undefined` if they are anything else,
 * not UTF-8, or deeper than 32 levels. Of members with one name the last counts
 * (RFC 7519 §4); `parseStrict` takes none.
 */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const value = parseUnfrozen(bytes);
  return value !== undefined && deepFreeze(value, MAX_JSON_DEPTH) ? value : undefined;
}

/** A JSON text, or its bytes in UTF-8. */
export type Json = string | Uint8Array;

/**
 * The same, but not frozen yet, and of small texts the depth is not known either. {@link deepFreeze}
 * finds it, and freezes.
 */
export function parseUnfrozen(json: Json): Readonly<Record<string, unknown>> | undefined {
  const text = textOf(json);
  if (text === undefined) return undefined;
  if (text.length > UNSCANNED_LENGTH && memberNames(text) === undefined) return undefined;
  return parseText(text);
}

/**
 * Parses JSON as one object in which no object has a member twice (RFC 7515 §4, RFC 7519 §4): of
 * two members of one name other parsers take the first, so that two readers of one token would see two
 * callers. `undefined` also for whatever {@link parseJsonObject} refuses. Not frozen.
 */
export function parseStrict(json: Json): Readonly<Record<string, unknown>> | undefined {
  const text = textOf(json);
  if (text === undefined) return undefined;
  const names = memberNames(text);
  const value = names === undefined ? undefined : parseText(text);
  // Names are counted, not compared: of each that is there twice, parsing has dropped one.
  return value !== undefined && membersOf(value) === names ? value : undefined;
}

function textOf(json: Json): string | undefined {
  return typeof json === 'string' ? json : utf8Text(json);
}

function parseText(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined; // The parser's message quotes the text, so it goes nowhere.
  }
}

/**
 * Nesting makes `JSON.parse` slow: 10 KB of brackets take it ten times as long as an RS256 signature, so
 * they are counted first. A text as short as this takes it no longer than that signature, whatever it holds.
 */
const UNSCANNED_LENGTH = 1_024;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * How many names of members a JSON text has, in all its objects: each has a colon after it. `undefined`
 * when it is deeper than {@link MAX_JSON_DEPTH}. Right for valid JSON; what is invalid, the parser refuses.
 */
function memberNames(json: string): number | undefined {
  let names = 0;
  let depth = 0;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) index = endOfString(json, index + 1);
    else if (code === COLON) names++;
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      if (++depth > MAX_JSON_DEPTH) return undefined;
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth--;
  }
  return names;
}

/** Where the string ends whose first character stands at `start`. */
function endOfString(json: string, start: number): number {
  let index = start;
  while (index < json.length) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) break;
    index += code === BACKSLASH ? 2 : 1;
  }
  return index;
}

/** How many members a value from JSON has, in all its objects. */
function membersOf(value: object): number {
  if (Array.isArray(value)) {
    let inside = 0;
    for (const item of value) if (isObject(item)) inside += membersOf(item);
    return inside;
  }
  const names = Object.keys(value);
  let count = names.length;
  for (const name of names) {
    const member: unknown = (value as Readonly<Record<string, unknown>>)[name];
    if (isObject(member)) count += membersOf(member);
  }
  return count;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Freezes plain objects and arrays to the bottom; false when there are more than `depth` levels.
 * `seen` is for values that may hold themselves; what comes from JSON cannot.
 */
export function deepFreeze(value: object, depth: number, seen?: Set<object>): boolean {
  if (depth === 0) return false;
  if (seen?.has(value)) return true;
  seen?.add(value);
  Object.freeze(value);
  // Lists from JSON have items alone; others may have members by name, and iterators of their own.
  if (seen === undefined && Array.isArray(value)) {
    for (const item of value) if (!freezeMember(item, depth, seen)) return false;
    return true;
  }
  for (const name in value) {
    const member: unknown = (value as Readonly<Record<string, unknown>>)[name];
    // Most members are no objects: asked first, since every claim of every new token comes by here.
    if (typeof member !== 'object' || !Object.hasOwn(value, name)) continue;
    if (!freezeMember(member, depth, seen)) return false;
  }
  return true;
}

function freezeMember(member: unknown, depth: number, seen: Set<object> | undefined): boolean {
  if (!(Array.isArray(member) || isPlainObject(member))) return true;
  return deepFreeze(member, depth - 1, seen);
}

/** Whether `value` is a list of strings, and of nothing else. */
export function isStringList(value: unknown): value is readonly string[] {
  if (!Array.isArray(value)) return false;
  for (const item of value) if (typeof item !== 'string') return false;
  return true;
}

/** Whether `value` is an object as JSON makes them: no array, no instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
