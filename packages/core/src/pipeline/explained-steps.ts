import { isKeyFetchError } from '../keys/key-fetch-error.ts';
import { ownString } from '../lib/own-property.ts';
import { type AuthErrorReason, REASONS, type Step } from '../model/reasons.ts';
import type { RefusalFacts } from '../model/refused.ts';
import type { TokenFault } from '../model/token-fault.ts';
import type { UnverifiedJws } from '../token/jws.ts';
import type { ExplainedIntrospection } from './explain-introspection.ts';
import type { VerifierOptions } from './verifier.ts';

/** One step of verification, and whether the token passed it. */
export interface ExplainedStep extends TokenFault {
  /** Name of the step. */
  readonly step: Step;
  /** `not_reached` if an earlier step failed. */
  readonly outcome: 'pass' | 'fail' | 'not_reached';
  /** Why the step failed. */
  readonly reason?: AuthErrorReason;
  /** The reason in words, for a person. */
  readonly description?: string;
  /** When keys could not be fetched: the URL that was tried, and the HTTP status or the error's code. */
  readonly cause?: string;
}

/** How a token was read: as a JWT, by introspection, or both. */
interface ReadBy {
  readonly jws: UnverifiedJws | undefined;
  readonly introspection: ExplainedIntrospection | undefined;
}

/**
 * Leaves out the steps that this token does not go through: those of features that are not configured, and
 * key and signature of an opaque token. Otherwise the explanation would say that it passed them.
 */
export function stepsOf(
  steps: readonly Step[],
  { jws, introspection }: ReadBy,
  { revocation }: VerifierOptions,
): readonly Step[] {
  return steps.filter((step) => {
    if (step === 'revocation') return revocation !== undefined;
    if (step === 'introspection') return introspection !== undefined;
    const hasKey = introspection === undefined || jws !== undefined;
    return hasKey || (step !== 'key' && step !== 'signature');
  });
}

/**
 * Gives each step its outcome. Without an `error`, all steps passed. Otherwise, those before the failed step passed, and
 * those after it were not reached.
 */
export function stepsUntil(
  error: RefusalFacts | undefined,
  steps: readonly Step[],
  jws?: UnverifiedJws,
): readonly ExplainedStep[] {
  const { reason, cause, fault } = error ?? {};
  const failed = reason === undefined ? steps.length : steps.indexOf(REASONS[reason].step);
  return steps.map((step, index) => {
    if (index < failed) return { step, outcome: 'pass' };
    if (index > failed || reason === undefined) return { step, outcome: 'not_reached' };
    const description = REASONS[reason].description + comparison(reason, jws);
    // Any other cause is an exception of the operator's code. Its message may contain anything, even a token.
    const known = isKeyFetchError(cause) && { cause: cause.message };
    return { step, outcome: 'fail', reason, description, ...fault, ...known };
  });
}

/** A fixed text for a JWT-SVID of an unknown issuer. With only one of the two settings, every token is refused. */
function comparison(reason: AuthErrorReason, jws: UnverifiedJws | undefined): string {
  const isSvid =
    jws !== undefined && ownString(jws.claims, 'sub')?.startsWith('spiffe://') === true;
  return reason === 'issuer_unknown' && isSvid
    ? ": of a JWT-SVID; set both SPIRE's jwt_issuer and the issuer of spiffe({ trustDomain, issuer }), or neither"
    : '';
}
