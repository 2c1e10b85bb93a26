import { isSameBinding } from '../binding/confirmation.ts';
import type { RequestView } from '../http/request-view.ts';
import type { HeldToken } from '../request/held-token.ts';
import type { Presentation } from '../request/presentation.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { LeaseExtras } from './lease-state.ts';

/**
 * Whether a verified token may renew a lease: it is of the same caller, and bound in the same way. When it
 * expires is no matter.
 */
export function isRenewalOf(
  { verified: before }: HeldToken,
  { verified: after }: HeldToken,
): boolean {
  return isSameCaller(before, after) && isBoundAlike(before, after);
}

function isSameCaller(before: VerifiedToken, after: VerifiedToken): boolean {
  const [was, is] = [before.principal, after.principal];
  return (
    was.key === is.key &&
    // The key holds an issuer's configured name; two entries might share one.
    before.issuer.provider.issuer === after.issuer.provider.issuer &&
    was.issuer === is.issuer &&
    was.clientId === is.clientId &&
    actorOf(before) === actorOf(after) &&
    audienceOf(before) === audienceOf(after)
  );
}

function actorOf({ principal: { actor } }: VerifiedToken): string {
  return JSON.stringify(actor === undefined ? [] : [actor.issuer, actor.subject, actor.clientId]);
}

/** What of the audience is ours; all of it where none is configured. */
function audienceOf({ principal, issuer }: VerifiedToken): string {
  const { audience: ours } = issuer.policy;
  const named = principal.audience.filter((each) => ours === undefined || ours.includes(each));
  return JSON.stringify([...new Set(named)].sort());
}

function isBoundAlike(before: VerifiedToken, after: VerifiedToken): boolean {
  if (!before.isBound && !after.isBound) return true;
  return isSameBinding(before.principal.confirmation, after.principal.confirmation);
}

/**
 * A token as a renewal presents it: on the request that opened the connection, with the proof in its
 * place. Without that request no bound token can be renewed.
 */
export function renewalPresentation(
  token: unknown,
  proof: unknown,
  opened: RequestView | undefined,
): Presentation {
  return {
    // A message of a peer may hold anything.
    token: typeof token === 'string' ? token : '',
    scheme: proof === undefined ? 'bearer' : 'dpop',
    request: opened && withProof(opened, typeof proof === 'string' ? proof : undefined),
  };
}

/** The request that opened a connection, with another proof, and without the credentials that it had. */
export function withProof(opened: RequestView, proof: string | undefined): RequestView {
  return {
    method: opened.method,
    url: opened.url,
    header: (name) => {
      if (name === 'dpop') return proof;
      return name === 'authorization' ? undefined : opened.header(name);
    },
    // Another object each time: a proof that was marked as used for one message is not for the next.
    identity: {},
    peerAddress: opened.peerAddress,
    peerCertificate: () => opened.peerCertificate?.(),
  };
}

/** So many renewals in a minute are nobody's who means it. */
const RENEWALS_PER_MINUTE = 10;
const MINUTE_MS = 60_000;

/** Counts a renewal, whatever comes of it, and says whether it is one too many. */
export function countRenewal(extras: Pick<LeaseExtras, 'renewals'>, now: number): boolean {
  const { renewals } = extras;
  if (renewals === undefined || Math.abs(now - renewals.since) >= MINUTE_MS) {
    extras.renewals = { since: now, count: 1 };
    return true;
  }
  renewals.count += 1;
  return renewals.count <= RENEWALS_PER_MINUTE;
}
