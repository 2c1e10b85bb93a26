import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { isThenable } from '../lib/maybe-promise.ts';
import type { Presentation } from '../request/presentation.ts';
import type { CheckFailure, CheckResult, RequestCheck } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { type Confirmation, readConfirmation } from './confirmation.ts';
import type { ResolvedDpop } from './dpop-options.ts';
import {
  type BoundToken,
  createProofVerifier,
  tokenHashOf,
  type VerifiedProof,
} from './proof-verifier.ts';
import { createReplayGuard, type MarkOutcome } from './replay-guard.ts';

/** The two checks of a sender constraint. Between them stands whatever may still refuse the request. */
export interface SenderConstraint {
  /** Whether the binding of the token holds on this request. Has no effect. */
  readonly holds: RequestCheck;
  /** Marks the proof as used: the last check of all. */
  readonly markAsUsed: RequestCheck;
}

/** What a {@link SenderConstraint} is made from. */
export interface SenderConstraintOptions {
  /** `undefined`: bound tokens are refused. */
  readonly dpop: ResolvedDpop | undefined;
  readonly clock: Clock;
  readonly events: EventSink;
}

const UNSUPPORTED: CheckFailure = Object.freeze({ reason: 'sender_constraint_unsupported' });
const WRITE_DPOP: CheckFailure = Object.freeze({
  reason: 'sender_constraint_unsupported',
  hint: "The token is bound to a key (DPoP). Write: createResourceServer({ …, dpop: 'when-bound' })",
});
const USE_REQUEST =
  'The proof of a bound token comes with its request. Write: authenticate(view), or explainRequest(view)';
const NEEDS_REQUEST: CheckFailure = Object.freeze({
  reason: 'sender_constraint_unsupported',
  hint: USE_REQUEST,
});
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
 * Makes the checks that hold a bound token against its request (RFC 7800, RFC 9449 §7). A Bearer token
 * that is not bound costs one comparison, unless binding is required.
 */
export function createSenderConstraint(options: SenderConstraintOptions): SenderConstraint {
  const { dpop } = options;
  return dpop === undefined ? withoutDpop() : withDpop(dpop, options);
}

function withoutDpop(): SenderConstraint {
  return {
    holds: {
      step: 'sender_constraint',
      check: ({ isBound, principal }) => {
        if (!isBound) return undefined;
        const confirmation = readConfirmation(principal.confirmation);
        return typeof confirmation === 'string' ? UNSUPPORTED : WRITE_DPOP;
      },
    },
    markAsUsed: { step: 'sender_constraint', check: () => undefined },
  };
}

function withDpop(
  dpop: ResolvedDpop,
  { clock, events }: SenderConstraintOptions,
): SenderConstraint {
  const verifyProof = createProofVerifier({ ...dpop, clock, events });
  const replay = createReplayGuard({ ...dpop, clock, events });
  const isRequired = dpop.mode === 'required';
  /** What was read of each token that is kept. */
  const boundTokens = new WeakMap<VerifiedToken, BoundToken>();
  /** The proof of each presentation, from the first check to the last. */
  const proofs = new WeakMap<Presentation, VerifiedProof>();

  function boundTokenOf(verified: VerifiedToken, confirmation: Confirmation, token: string) {
    const known = boundTokens.get(verified);
    if (known !== undefined) return known;
    const made = { thumbprint: confirmation.thumbprint, tokenHash: tokenHashOf(token) };
    boundTokens.set(verified, made);
    return made;
  }

  function holds(verified: VerifiedToken, presented: Presentation): CheckResult {
    const { isBound, principal } = verified;
    const isBearer = presented.scheme === 'bearer';
    if (isBearer && isRequired) {
      return presented.request === undefined ? REQUIRED_OF_REQUEST : REQUIRED;
    }
    if (!isBound) return isBearer ? undefined : NOT_BOUND;
    const confirmation = readConfirmation(principal.confirmation);
    if (typeof confirmation === 'string') return { reason: confirmation };
    if (presented.request === undefined) return NEEDS_REQUEST;
    if (isBearer) return SENT_AS_BEARER;
    const bound = boundTokenOf(verified, confirmation, presented.token);
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
    holds: { step: 'sender_constraint', check: holds },
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
  // RFC 9449 §8.2: the client's nonce is old, and an answer that tells the next one must not be cached.
  request?.setResponseHeader?.('DPoP-Nonce', nextNonce);
  request?.setResponseHeader?.('Cache-Control', 'no-store', { unlessSet: true });
  return undefined;
}
