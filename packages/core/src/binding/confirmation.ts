import { isPlainObject } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { AuthErrorReason } from '../model/reasons.ts';

/** What a token's `cnf` asks of a request: a proof by the key of this thumbprint. */
export interface Confirmation {
  /** `jkt` (RFC 9449 §6.1). */
  readonly thumbprint: string;
}

/** Members of `cnf` that we know, and that nothing here can check (RFC 8705 §3.1). */
const UNCHECKED = ['x5t#S256'] as const;

/**
 * Reads the `cnf` of a token that has one (RFC 7800 §3.1): `undefined` stands for one that is no object.
 * Every member that we know must hold, so one that nothing can check refuses the token. Members that we
 * do not know are ignored beside `jkt`, and are not enough alone.
 */
export function readConfirmation(
  cnf: Readonly<Record<string, unknown>> | undefined,
): Confirmation | AuthErrorReason {
  if (cnf === undefined || Object.keys(cnf).length === 0) return 'claim_malformed';
  const thumbprint = ownProperty(cnf, 'jkt');
  const certificates = UNCHECKED.filter((name) => Object.hasOwn(cnf, name));
  if (certificates.some((name) => typeof cnf[name] !== 'string')) return 'claim_malformed';
  if (thumbprint !== undefined && typeof thumbprint !== 'string') return 'claim_malformed';
  if (thumbprint === undefined || certificates.length > 0) return 'sender_constraint_unsupported';
  return { thumbprint };
}

/** Whether two `cnf` bind a token to the same, by the members that we know. One that is no object binds to nothing. */
export function isSameBinding(one: unknown, other: unknown): boolean {
  if (!isPlainObject(one) || !isPlainObject(other)) return false;
  return ['jkt', ...UNCHECKED].every((name) => ownProperty(one, name) === ownProperty(other, name));
}
