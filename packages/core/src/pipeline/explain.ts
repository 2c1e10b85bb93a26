import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { ownString } from '../lib/own-property.ts';
import type { StoreOutage } from '../lib/store-outage.ts';
import { isAuthError } from '../model/errors.ts';
import { type AuthErrorReason, REASONS, STEPS, type Step } from '../model/reasons.ts';
import { type RefusalFacts, Refused } from '../model/refused.ts';
import { tokenHint } from '../providers/internal/token-hint.ts';
import type { Presentation } from '../request/presentation.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import { createJwsParser, type UnverifiedJws } from '../token/jws.ts';
import {
  type ExplainedIntrospection,
  explainIntrospection,
  type ObservedIntrospection,
} from './explain-introspection.ts';
import { type ExplainedStep, stepsOf, stepsUntil } from './explained-steps.ts';
import { issuerHint, refusalHint } from './refusal-hint.ts';
import { type ExplainOptions, redact, revealOf } from './revealed-claims.ts';
import { createVerifier, type VerifierOptions } from './verifier.ts';

/** Whether a token would be accepted, step by step, and why not. */
export interface Explanation {
  /** Whether the token passed every step. */
  readonly accepted: boolean;
  /** The steps in order, without those that do not apply to this token or are not configured. */
  readonly steps: readonly ExplainedStep[];
  /** Who is calling, when the token is accepted. */
  readonly kind: 'user' | 'client' | undefined;
  /** Name of the token's issuer in the configuration, when it was found there. */
  readonly issuerName: string | undefined;
  /** The preset's rule that decided between user and client, or could not. `undefined` if no rule was asked. */
  readonly rule: string | undefined;
  /** What to do about a refused token: fixed texts and values of the configuration, nothing of the token. */
  readonly hint: string | undefined;
  /** Algorithm and type as the token's header states them; `undefined` for a token that cannot be parsed. */
  readonly header: Readonly<{ alg: string; typ: string | undefined }> | undefined;
  /**
   * The token's claims, **not verified** when the token is refused; `undefined` for a token that cannot be
   * parsed. A value is `[hidden string]` (with its type) unless `reveal` names the claim.
   */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** What the authorization server said about the token; `undefined` when no server was to be asked. */
  readonly introspection: ExplainedIntrospection | undefined;
}

// The step `credentials` needs a request and `requirement` needs a route. Here is only a token.
const TOKEN_STEPS: readonly Step[] = STEPS.filter(
  (step) => step !== 'credentials' && step !== 'requirement',
);

const SILENT: EventSink = Object.freeze({ active: false, emit: () => {} });
/** Reports no outage: only real requests report outages. */
const UNTOLD: StoreOutage = Object.freeze({ begin: () => {}, end: () => {} });

/** If a token failed at one of these steps, the preset has classified it: at this step, or before it. */
const CLASSIFIED: ReadonlySet<Step> = new Set(['principal', 'sender_constraint', 'revocation']);

/**
 * Runs a token through the pipeline without the token cache, and tells at which step it failed. An opaque
 * token is introspected as on a request: with the same limits, the same circuit breaker and the same memory
 * of refused tokens. Rejects with `ConfigurationError` when `reveal` is not a list of strings.
 */
export async function explainToken(
  token: string,
  issuers: Issuers,
  options: VerifierOptions,
  explainOptions: ExplainOptions = {},
): Promise<Explanation> {
  const reveal = revealOf('explain()', explainOptions);
  const text = typeof token === 'string' ? token : '';
  const presented: Presentation = { token: text, scheme: 'bearer', request: undefined };
  return Object.freeze(await explainPresented(presented, issuers, options, reveal, TOKEN_STEPS));
}

/** Explains a token with its scheme and request. `reveal` names the claims to show, `steps` the steps to cover. */
export async function explainPresented(
  presented: Presentation,
  issuers: Issuers,
  options: VerifierOptions,
  reveal: readonly string[],
  steps: readonly Step[],
): Promise<Explanation> {
  const parsed = createJwsParser(options.maxTokenBytes)(presented.token);
  const jws = typeof parsed === 'string' ? undefined : parsed;
  let observed: ObservedIntrospection | undefined;
  const outcome = await attempt(presented, issuers, {
    ...options,
    observe: (issuer, introspection) => {
      observed = { issuer, introspection };
    },
  });
  const [verified, failure] =
    outcome.principal === undefined ? [undefined, outcome] : [outcome, undefined];
  const introspection = explainIntrospection(observed, failure, issuers, (claims) =>
    redact(claims, reveal),
  );
  return {
    accepted: verified !== undefined,
    steps: stepsUntil(failure, stepsOf(steps, { jws, introspection }, options), jws),
    kind: verified?.principal.kind,
    issuerName: failure?.issuerName ?? verified?.issuer.name,
    rule: verified?.rule ?? (await ruleBefore(failure?.reason, jws, issuers, observed)),
    hint: failure && (await hintFor(failure, presented.token, jws, issuers)),
    header: jws && { alg: textOf(jws, 'alg') ?? '', typ: textOf(jws, 'typ') },
    claims: jws && redact(jws.claims, reveal),
    introspection,
  };
}

/** Verifies without any effect: nothing is cached, no proof is marked as used, no event is emitted. */
async function attempt(
  presented: Presentation,
  issuers: Issuers,
  options: VerifierOptions,
): Promise<ReadOutcome> {
  const { revocation } = options;
  const alone: VerifierOptions = {
    ...options,
    revocation: revocation && { ...revocation, outage: UNTOLD },
    cache: undefined,
    signatureThread: false,
    events: SILENT,
    hasEffects: false,
  };
  try {
    return await createVerifier(issuers, alone).verify(presented);
  } catch (error) {
    if (!isAuthError(error)) throw error;
    const { reason, details, cause, issuerName, fault, hint, kind } = error;
    return new Refused(reason, { cause, issuerName, fault, hint, kind }, details);
  }
}

// Some providers are known to issue a wrong kind of token under certain settings. Where the token looks like
// one of those, `tokenHint` says more than the reason does.
async function hintFor(
  error: RefusalFacts,
  token: string,
  jws: UnverifiedJws | undefined,
  issuers: Issuers,
): Promise<string | undefined> {
  if (error.hint !== undefined) return error.hint;
  const trap = jws && tokenHint(error.reason, jws.claims, jws.header.parameters);
  if (error.reason === 'issuer_unknown' && jws !== undefined) {
    return trap ?? issuerHint(issuers.configured);
  }
  if (trap !== undefined || error.issuerName === undefined || jws === undefined) {
    return trap ?? refusalHint(error, token, undefined);
  }
  return refusalHint(error, token, (await issuerOf(jws, issuers))?.provider.preset);
}

// The issuer was found during verification. If a resolver fails now, the explanation goes without this part.
async function issuerOf(
  { claims }: UnverifiedJws,
  issuers: Issuers,
): Promise<TrustedIssuer | undefined> {
  try {
    return await issuers.find(claims);
  } catch {
    return undefined;
  }
}

// A token that failed at one of these steps has a valid signature, so its claims may be given to the preset
// again, to learn which of its rules decided.
async function ruleBefore(
  reason: AuthErrorReason | undefined,
  jws: UnverifiedJws | undefined,
  issuers: Issuers,
  observed: ObservedIntrospection | undefined,
): Promise<string | undefined> {
  if (reason === undefined || !CLASSIFIED.has(REASONS[reason].step)) return undefined;
  try {
    const introspected = observed?.introspection.outcome;
    // A JWT that was only confirmed by introspection was classified by the rule for JWTs.
    const isOfAnswer = jws === undefined || observed?.issuer.introspector?.jwts === 'answer';
    if (typeof introspected === 'object' && isOfAnswer) {
      return observed?.issuer.provider.introspected?.classify(introspected).rule;
    }
    if (jws === undefined) return undefined;
    const issuer = await issuers.find(jws.claims);
    return issuer?.provider.classify(jws.claims, jws.header.parameters).rule;
  } catch {
    return undefined; // The rule threw. The failed step's reason tells that already.
  }
}

function textOf({ header }: UnverifiedJws, name: string): string | undefined {
  return ownString(header.parameters, name);
}
