import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { isKeyFetchError } from '../keys/key-fetch-error.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { isStringList } from '../lib/json.ts';
import { ownString } from '../lib/own-property.ts';
import type { StoreOutage } from '../lib/store-outage.ts';
import { ConfigurationError, isAuthError } from '../model/errors.ts';
import { type AuthErrorReason, REASONS, STEPS, type Step } from '../model/reasons.ts';
import { type RefusalFacts, Refused } from '../model/refused.ts';
import type { TokenFault } from '../model/token-fault.ts';
import { tokenHint } from '../providers/internal/token-hint.ts';
import type { Presentation } from '../request/presentation.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import { createJwsParser, type UnverifiedJws } from '../token/jws.ts';
import {
  type ExplainedIntrospection,
  explainIntrospection,
  type ObservedIntrospection,
} from './explain-introspection.ts';
import { issuerHint, refusalHint } from './refusal-hint.ts';
import { createVerifier, type VerifierOptions } from './verifier.ts';

/** What of a token may be shown. */
export interface ExplainOptions {
  /** Claims whose values are shown: `['iss', 'aud', 'exp']`. Every other value is hidden. */
  readonly reveal?: readonly string[];
}

const OPTIONS: OptionNames<ExplainOptions> = { reveal: true };

/** One step of a token's way and what became of it. */
export interface ExplainedStep extends TokenFault {
  readonly step: Step;
  readonly outcome: 'pass' | 'fail' | 'not_reached';
  /** Why it failed. */
  readonly reason?: AuthErrorReason;
  readonly description?: string;
  /** What stood behind it, where keys cannot be had: the URL that was tried, the status or the error's code. */
  readonly cause?: string;
}

/** What becomes of a token, and why. */
export interface Explanation {
  readonly accepted: boolean;
  readonly steps: readonly ExplainedStep[];
  /** Who is calling, when the token is accepted. */
  readonly kind: 'user' | 'client' | undefined;
  /** Name of the configured issuer, once found. */
  readonly issuerName: string | undefined;
  /** The preset's rule that told user from client, or refused to, once the token came that far. */
  readonly rule: string | undefined;
  /** What to do about the refused token: fixed texts, and names and values of the configuration. */
  readonly hint: string | undefined;
  /** Algorithm and type as the header states them; nothing of a token that cannot be parsed. */
  readonly header: Readonly<{ alg: string; typ: string | undefined }> | undefined;
  /** The token's claims, as far as it could be parsed: `[hidden string]` unless revealed. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** What the authorization server was asked about the token and what it said, where it was asked. */
  readonly introspection: ExplainedIntrospection | undefined;
}

// `credentials` needs a request and `requirement` a route: a token alone reaches neither.
const TOKEN_STEPS: readonly Step[] = STEPS.filter(
  (step) => step !== 'credentials' && step !== 'requirement',
);

const SILENT: EventSink = Object.freeze({ active: false, emit: () => {} });
/** Outages are told where requests meet them. */
const UNTOLD: StoreOutage = Object.freeze({ begin: () => {}, end: () => {} });

/** The steps that a token fails at once the preset's rule was asked, or because of it. */
const CLASSIFIED: ReadonlySet<Step> = new Set(['principal', 'sender_constraint', 'revocation']);

/**
 * Sends a token down the pipeline, past the cache, and records how far it came. An opaque token is asked
 * about as on a request: within the same bounds and circuit, and with the same memory of refused ones.
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

/** The same for a token as it is presented, over the steps that it goes. */
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

/** Looks without any effect: nothing is kept, marked as used or reported. */
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

/** By what a token was read. */
interface ReadBy {
  readonly jws: UnverifiedJws | undefined;
  readonly introspection: ExplainedIntrospection | undefined;
}

/** Those of the steps that a token of this form has, without those that are not configured: they would seem passed. */
function stepsOf(
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

/** The steps of a way that ended with this error, or that was gone to its end. */
export function stepsUntil(
  error: RefusalFacts | undefined,
  steps: readonly Step[],
  jws?: UnverifiedJws,
): readonly ExplainedStep[] {
  const { reason, cause, fault } = error ?? {};
  const failed = reason === undefined ? steps.length : steps.indexOf(stepOf(reason));
  return steps.map((step, index) => {
    if (index < failed) return { step, outcome: 'pass' };
    if (index > failed || reason === undefined) return { step, outcome: 'not_reached' };
    const description = REASONS[reason].description + comparison(reason, jws);
    // Other causes are exceptions of the operator's code, whose messages may hold anything.
    const known = isKeyFetchError(cause) && { cause: cause.message };
    return { step, outcome: 'fail', reason, description, ...fault, ...known };
  });
}

/** What to compare beside the reason: fixed text. Each of the two settings alone refuses all tokens. */
function comparison(reason: AuthErrorReason, jws: UnverifiedJws | undefined): string {
  const isSvid =
    jws !== undefined && ownString(jws.claims, 'sub')?.startsWith('spiffe://') === true;
  return reason === 'issuer_unknown' && isSvid
    ? ": of a JWT-SVID; set both SPIRE's jwt_issuer and the issuer of spiffe({ trustDomain, issuer }), or neither"
    : '';
}

// The look of the token says more than the reason, where it is one of a provider's known traps.
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

// It was found before; a resolver that fails the second time leaves the rest of the explanation.
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

function stepOf(reason: AuthErrorReason): Step {
  return REASONS[reason].step;
}

// Past the claims the signature held, so the preset may be asked again: which of its rules spoke?
async function ruleBefore(
  reason: AuthErrorReason | undefined,
  jws: UnverifiedJws | undefined,
  issuers: Issuers,
  observed: ObservedIntrospection | undefined,
): Promise<string | undefined> {
  if (reason === undefined || !CLASSIFIED.has(stepOf(reason))) return undefined;
  try {
    const introspected = observed?.introspection.outcome;
    // The rule that spoke of a confirmed JWT is the one for JWTs.
    const isOfAnswer = jws === undefined || observed?.issuer.introspector?.jwts === 'answer';
    if (typeof introspected === 'object' && isOfAnswer) {
      return observed?.issuer.provider.introspected?.classify(introspected).rule;
    }
    if (jws === undefined) return undefined;
    const issuer = await issuers.find(jws.claims);
    return issuer?.provider.classify(jws.claims, jws.header.parameters).rule;
  } catch {
    return undefined; // A rule that throws has said nothing; the reason tells so already.
  }
}

function textOf({ header }: UnverifiedJws, name: string): string | undefined {
  return ownString(header.parameters, name);
}

/** The claims to show. Throws {@link ConfigurationError} for what is no list of names. */
export function revealOf(
  owner: 'explain()' | 'explainRequest()',
  options: ExplainOptions,
): readonly string[] {
  const { reveal = [] } = checkOptions(owner, options, OPTIONS);
  // Of a text every part would be found in it: `'email_verified'` would show `email`, too.
  if (isStringList(reveal)) return reveal;
  throw new ConfigurationError(
    `${owner}: reveal is a list of claims. Write: { reveal: ['iss', 'aud'] }`,
  );
}

/** Claims with their values hidden, but for those to show. */
export function redact(
  claims: Readonly<Record<string, unknown>>,
  reveal: readonly string[],
): Readonly<Record<string, unknown>> {
  const shown = Object.entries(claims).map(([name, value]) => [
    name,
    reveal.includes(name) ? value : `[hidden ${Array.isArray(value) ? 'array' : typeof value}]`,
  ]);
  return Object.freeze(Object.fromEntries(shown));
}
