import { isSameBinding } from '../binding/confirmation.ts';
import type { RequestView } from '../http/request-view.ts';
import type { HeldToken } from '../request/held-token.ts';
import type { Presentation } from '../request/presentation.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { LeaseExtras } from './lease-state.ts';

/**
 * Whether a verified token may renew a lease: it must belong to the same caller and have the same binding. Its expiry
 * is not compared.
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
    // `key` contains only the issuer's configured name, and two configured issuers may share a name.
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

/** The part of the audience that names this API; the whole audience if none is configured. */
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
 * Makes the presentation of a renewal: its token and proof, on the request that opened the connection. Without that
 * request, a bound token cannot be renewed.
 */
export function renewalPresentation(
  token: unknown,
  proof: unknown,
  opened: RequestView | undefined,
): Presentation {
  return {
    // `token` may come from a message of the peer, so it may be any value.
    token: typeof token === 'string' ? token : '',
    scheme: proof === undefined ? 'bearer' : 'dpop',
    request: opened && withProof(opened, typeof proof === 'string' ? proof : undefined),
  };
}

/** Copies the request that opened a connection, with the given proof and without its `Authorization` header. */
export function withProof(opened: RequestView, proof: string | undefined): RequestView {
  return {
    method: opened.method,
    url: opened.url,
    header: (name) => {
      if (name === 'dpop') return proof;
      return name === 'authorization' ? undefined : opened.header(name);
    },
    // A new object each time: a proof is marked once per identity, and each message counts as a request of its own.
    identity: {},
    peerAddress: opened.peerAddress,
    overUnixSocket: opened.overUnixSocket,
    peerCertificate: () => opened.peerCertificate?.(),
  };
}

/** No honest client renews more often than this. */
const RENEWALS_PER_MINUTE = 10;
const MINUTE_MS = 60_000;

/** Counts a renewal, whether it succeeds or not. `false` when there were too many in this minute. */
export function countRenewal(extras: Pick<LeaseExtras, 'renewals'>, now: number): boolean {
  const { renewals } = extras;
  if (renewals === undefined || Math.abs(now - renewals.since) >= MINUTE_MS) {
    extras.renewals = { since: now, count: 1 };
    return true;
  }
  renewals.count += 1;
  return renewals.count <= RENEWALS_PER_MINUTE;
}
