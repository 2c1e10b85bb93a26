import { REVOCATION_KINDS, type RevocationMark, type RevocationMarkKey } from '@authly/core';

/** The field in which a mark is kept. */
export function fieldOf({ kind, id }: RevocationMarkKey): string {
  return `${kind}:${id}`;
}

/** The mark's key that a field names; `undefined` for a field that this package did not write. */
export function keyOfField(field: string): RevocationMarkKey | undefined {
  const end = field.indexOf(':');
  const kind = REVOCATION_KINDS.find((each) => each === field.slice(0, Math.max(end, 0)));
  return kind && { kind, id: field.slice(end + 1) };
}

const NUMBER = '-?\\d+(?:\\.\\d+)?(?:e\\+\\d+)?';
const VALUE = new RegExp(`^(?:${NUMBER})?:${NUMBER}$`);

/**
 * Reads the value of a field: `issuedBefore:keptUntil`, in seconds since the epoch. `issuedBefore` is empty in
 * a mark on one token.
 *
 * @throws TypeError when the value is not a mark: then it is not known which tokens it refuses.
 */
export function markOf({ kind, id }: RevocationMarkKey, value: string): RevocationMark {
  if (!VALUE.test(value)) throw new TypeError('A mark in Redis is damaged');
  const middle = value.indexOf(':');
  const before = value.slice(0, middle);
  // Frozen, as core makes marks. Each member is written out, since an object made by spread takes twice the memory.
  return Object.freeze({
    kind,
    id,
    issuedBefore: before === '' ? undefined : Number(before),
    keptUntil: Number(value.slice(middle + 1)),
  });
}
