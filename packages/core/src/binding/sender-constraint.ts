import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import type { Presentation } from '../request/presentation.ts';
import type { CheckFailure, CheckResult, RequestCheck } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { type BindingKind, unsupportedBinding } from './binding-kind.ts';
import { certificateBinding } from './certificate-binding.ts';
import { readConfirmation, UNBOUND } from './confirmation.ts';
import type { ResolvedDpop } from './dpop-options.ts';
import type { ResolvedMtls } from './mtls-options.ts';
import { proofBinding } from './proof-binding.ts';

/** The two checks of a sender constraint. Checks that may still refuse the request run between the two. */
export interface SenderConstraint {
  /** Checks that the sender of this request has the key or certificate that the token is bound to. No effect. */
  readonly holds: RequestCheck;
  /** Marks the proof as used. Runs last of all checks; `undefined` without the option `dpop`. */
  readonly markAsUsed: RequestCheck | undefined;
}

/** What a {@link SenderConstraint} is made from. */
export interface SenderConstraintOptions {
  /** If `undefined`, tokens that are bound to a key are refused. */
  readonly dpop: ResolvedDpop | undefined;
  /** If `undefined`, tokens that are bound to a certificate are refused. */
  readonly mtls: ResolvedMtls | undefined;
  readonly clock: Clock;
  readonly events: EventSink;
}

const UNSUPPORTED: CheckFailure = Object.freeze({ reason: 'sender_constraint_unsupported' });
const WRITE_DPOP =
  "The token is bound to a key (DPoP). Write: createResourceServer({ …, dpop: 'when-bound' })";
const WRITE_MTLS =
  'The token is bound to a client certificate (mutual TLS). Write: createResourceServer({ …, mtls: { certificate: socketCertificate() } }), or behind a proxy that ends TLS: headerCertificate({ … })';

/**
 * Makes the checks that compare a bound token with its request (RFC 7800, RFC 8705 §3, RFC 9449 §7). If a token is
 * bound in several ways, all of them are checked. For a Bearer token that is not bound this is a single comparison,
 * unless binding is required.
 */
export function createSenderConstraint({
  dpop,
  mtls,
  clock,
  events,
}: SenderConstraintOptions): SenderConstraint {
  // The certificate is checked first: it is cheap, and if it is wrong, a new proof from the client would not help.
  const kinds: readonly BindingKind[] = [
    mtls === undefined ? unsupportedBinding('x5t#S256', WRITE_MTLS) : certificateBinding(mtls),
    dpop === undefined
      ? unsupportedBinding('jkt', WRITE_DPOP)
      : proofBinding(dpop, { clock, events }),
  ];
  const isRequired = kinds.some((kind) => kind.isRequired);
  const isConfigured = dpop !== undefined || mtls !== undefined;

  function holds(verified: VerifiedToken, presented: Presentation): CheckResult {
    const { isBound, principal } = verified;
    if (!isBound && !isRequired && presented.scheme === 'bearer') return undefined;
    const confirmation = isBound ? readConfirmation(principal.confirmation) : UNBOUND;
    if (typeof confirmation === 'string') {
      return isConfigured ? { reason: confirmation } : UNSUPPORTED;
    }
    for (const kind of kinds) {
      const failure = kind.holds(confirmation[kind.member], verified, presented);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  return {
    holds: { step: 'sender_constraint', check: holds },
    markAsUsed: kinds.flatMap((kind) => kind.markAsUsed ?? [])[0],
  };
}
