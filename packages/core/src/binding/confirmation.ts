import { isPlainObject } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { AuthErrorReason } from '../model/reasons.ts';

/** The known members of `cnf`: the thumbprint of a key (RFC 9449 §6.1), and of a certificate (RFC 8705 §3.1). */
export type ConfirmationMember = 'jkt' | 'x5t#S256';

/** What a token is bound to. With two members, both are checked. */
export type Confirmation = Readonly<Partial<Record<ConfirmationMember, string>>>;

/** The confirmation of a token that is not bound. */
export const UNBOUND: Confirmation = Object.freeze({});

const MEMBERS: readonly ConfirmationMember[] = ['x5t#S256', 'jkt'];

/**
 * Reads the `cnf` of a token that has one (RFC 7800 §3.1). Pass `undefined` when the claim is not an object.
 * Unknown members are ignored if there is a known member too. A `cnf` with unknown members only is refused.
 */
export function readConfirmation(
  cnf: Readonly<Record<string, unknown>> | undefined,
): Confirmation | AuthErrorReason {
  if (cnf === undefined || Object.keys(cnf).length === 0) return 'claim_malformed';
  const confirmation: Partial<Record<ConfirmationMember, string>> = {};
  let isKnown = false;
  for (const member of MEMBERS) {
    if (!Object.hasOwn(cnf, member)) continue;
    const thumbprint = cnf[member];
    if (typeof thumbprint !== 'string') return 'claim_malformed';
    confirmation[member] = thumbprint;
    isKnown = true;
  }
  return isKnown ? confirmation : 'sender_constraint_unsupported';
}

/** What a token is bound to, as events name it. */
export function bindingOf(
  cnf: Readonly<Record<string, unknown>> | undefined,
): 'none' | 'dpop' | 'mtls' | 'both' {
  const hasKey = cnf !== undefined && Object.hasOwn(cnf, 'jkt');
  const hasCertificate = cnf !== undefined && Object.hasOwn(cnf, 'x5t#S256');
  if (hasKey) return hasCertificate ? 'both' : 'dpop';
  return hasCertificate ? 'mtls' : 'none';
}

/** Whether the known members of two `cnf` are equal. `false` when one of the two is not an object. */
export function isSameBinding(one: unknown, other: unknown): boolean {
  if (!isPlainObject(one) || !isPlainObject(other)) return false;
  return MEMBERS.every((name) => ownProperty(one, name) === ownProperty(other, name));
}
