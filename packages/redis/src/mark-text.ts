import { REVOCATION_KINDS, type RevocationMark, type RevocationMarkKey } from '@authly/core';

/** The field in which a mark is kept. */
export function fieldOf({ kind, id }: RevocationMarkKey): string {
  return `${kind}:${id}`;
}

/** What a field names, or `undefined` for one that is not ours. */
export function keyOfField(field: string): RevocationMarkKey | undefined {
  const end = field.indexOf(':');
  const kind = REVOCATION_KINDS.find((each) => each === field.slice(0, Math.max(end, 0)));
  return kind && { kind, id: field.slice(end + 1) };
}

const NUMBER = '-?\\d+(?:\\.\\d+)?(?:e\\+\\d+)?';
const VALUE = new RegExp(`^(?:${NUMBER})?:${NUMBER}$`);

/**
 * The mark in a field: `issuedBefore:keptUntil`, in seconds since the epoch. The first is empty for the mark
 * on one token.
 *
 * @throws TypeError when the value is no mark's. Nobody can say what it was to stop.
 */
export function markOf({ kind, id }: RevocationMarkKey, value: string): RevocationMark {
  if (!VALUE.test(value)) throw new TypeError('A mark in Redis is damaged');
  const middle = value.indexOf(':');
  const before = value.slice(0, middle);
  // Written out, and frozen: as core makes them, and in half of the memory that a spread one takes.
  return Object.freeze({
    kind,
    id,
    issuedBefore: before === '' ? undefined : Number(before),
    keptUntil: Number(value.slice(middle + 1)),
  });
}
