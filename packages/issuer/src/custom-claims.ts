import { IssuanceError } from './issuance-error.ts';
import { isReservedClaim } from './reserved-claims.ts';

/** A claim's name and value. */
export type ClaimEntry = readonly [name: string, value: unknown];

/** Resource servers refuse deeper JSON; the token's own object is the first level. */
const MAX_JSON_DEPTH = 32;

/**
 * The claims of a token in addition to the issuer's own, without `undefined` values.
 *
 * Checks: no reserved name, no name twice, and every value is plain JSON. Values that JSON would change
 * silently (dates, NaN, functions, class instances) are refused. Does not check what the claims mean.
 *
 * @throws IssuanceError `claim_reserved`, `claim_repeated` or `claim_invalid`, naming the claims.
 */
export function customClaims(entries: readonly ClaimEntry[]): Readonly<Record<string, unknown>> {
  const present = entries.filter(([, value]) => value !== undefined);
  const names = present.map(([name]) => name);
  refuse('claim_reserved', names.filter(isReservedClaim));
  refuse(
    'claim_repeated',
    names.filter((name, index) => names.indexOf(name) !== index),
  );
  refuse(
    'claim_invalid',
    present.filter(([, value]) => !isJson(value, 2)).map(([name]) => name),
  );
  return Object.fromEntries(present);
}

function refuse(
  code: 'claim_reserved' | 'claim_repeated' | 'claim_invalid',
  names: readonly string[],
): void {
  if (names.length > 0) throw new IssuanceError(code, names);
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  // The limit also ends the recursion for a value that contains itself.
  if (typeof value !== 'object' || depth > MAX_JSON_DEPTH) return false;
  // Array.from, since `every` alone skips the holes of a sparse list.
  if (Array.isArray(value)) return Array.from(value).every((item) => isJson(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((member) => member === undefined || isJson(member, depth + 1));
}
