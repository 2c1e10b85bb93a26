import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { isThenable } from '../lib/maybe-promise.ts';
import type { Presentation } from '../request/presentation.ts';
import type { CheckFailure, CheckResult } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { type BindingKind, NEEDS_REQUEST, USE_REQUEST } from './binding-kind.ts';
import type { ResolvedDpop } from './dpop-options.ts';
import {
  type BoundToken,
  createProofVerifier,
  tokenHashOf,
  type VerifiedProof,
} from './proof-verifier.ts';
import { createReplayGuard, type MarkOutcome } from './replay-guard.ts';

/** What proofs are checked with, besides the options. */
export interface ProofBindingContext {
  readonly clock: Clock;
  readonly events: EventSink;
}

const REQUIRED: CheckFailure = Object.freeze({ reason: 'binding_required' });
const REQUIRED_OF_REQUEST: CheckFailure = Object.freeze({
  reason: 'binding_required',
  hint: USE_REQUEST,
});
const NOT_BOUND: CheckFailure = Object.freeze({ reason: 'binding_missing' });
const SENT_AS_BEARER: CheckFailure = Object.freeze({ reason: 'binding_scheme_mismatch' });
const REPLAYED: CheckFailure = Object.freeze({ reason: 'proof_replayed' });
const LATE: CheckFailure = Object.freeze({ reason: 'proof_untimely' });

/**
 * Checks tokens that are bound to a key (RFC 9449 §7): the request must have a DPoP proof that is signed with that
 * key, and each proof is accepted once.
 */
export function proofBinding(
  dpop: ResolvedDpop,
  { clock, events }: ProofBindingContext,
): BindingKind {
  const verifyProof = createProofVerifier({ ...dpop, clock, events });
  const replay = createReplayGuard({ ...dpop, clock, events });
  const isRequired = dpop.mode === 'required';
  /** The binding of each token in the cache: thumbprint and digest are computed once. */
  const boundTokens = new WeakMap<VerifiedToken, BoundToken>();
  /** The verified proof of each request, from `holds` to `markAsUsed`. */
  const proofs = new WeakMap<Presentation, VerifiedProof>();

  function boundTokenOf(verified: VerifiedToken, thumbprint: string, token: string) {
    const known = boundTokens.get(verified);
    if (known !== undefined) return known;
    const made = { thumbprint, tokenHash: tokenHashOf(token) };
    boundTokens.set(verified, made);
    return made;
  }

  function holds(
    thumbprint: string | undefined,
    verified: VerifiedToken,
    presented: Presentation,
  ): CheckFailure | undefined {
    const isBearer = presented.scheme === 'bearer';
    if (isBearer && isRequired) {
      return presented.request === undefined ? REQUIRED_OF_REQUEST : REQUIRED;
    }
    if (thumbprint === undefined) return isBearer ? undefined : NOT_BOUND;
    if (presented.request === undefined) return NEEDS_REQUEST;
    if (isBearer) return SENT_AS_BEARER;
    const bound = boundTokenOf(verified, thumbprint, presented.token);
    const proof = verifyProof(bound, presented);
    if ('reason' in proof) return proof;
    proofs.set(presented, proof);
    return undefined;
  }

  function markAsUsed(
    _verified: VerifiedToken,
    presented: Presentation,
  ): CheckResult | Promise<CheckResult> {
    if (presented.scheme === 'bearer') return undefined;
    const proof = proofs.get(presented);
    if (proof === undefined) return undefined;
    const { request } = presented;
    const outcome = replay.mark(proof, request?.identity);
    const conclude = (settled: MarkOutcome) => concluded(settled, proof, request);
    return isThenable(outcome) ? outcome.then(conclude) : conclude(outcome);
  }

  return {
    member: 'jkt',
    isRequired,
    holds,
    markAsUsed: { step: 'sender_constraint', check: markAsUsed },
  };
}

function concluded(
  marked: MarkOutcome,
  { nextNonce }: VerifiedProof,
  request: Presentation['request'],
): CheckFailure | undefined {
  if (marked.outcome === 'replayed') return REPLAYED;
  if (marked.outcome === 'late') return LATE;
  if (marked.outcome === 'unavailable')
    return { reason: 'replay_unavailable', cause: marked.cause };
  if (nextNonce === undefined) return undefined;
  // RFC 9449 §8.2: the client used an older nonce. The response tells the next one, so it must not be cached.
  request?.setResponseHeader?.('DPoP-Nonce', nextNonce);
  request?.setResponseHeader?.('Cache-Control', 'no-store', { unlessSet: true });
  return undefined;
}
