import type { KeySet } from '../keys/key-set.ts';
import { abortable } from '../lib/abortable.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { ownNumber, ownProperty } from '../lib/own-property.ts';
import { systemRandom } from '../lib/random.ts';
import { AuthError, isAuthError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenFault } from '../model/token-fault.ts';
import type { Provider } from '../providers/provider.ts';
import type { Algorithm } from '../token/algorithms.ts';
import type { ClaimsRefusal } from '../token/claims.ts';
import { createAskServer, type ServerAnswer } from './ask-server.ts';
import { createTokenMemory } from './cache.ts';
import { answerPolicy, checkAnswer, claimsOfAnswer } from './claims.ts';
import { createFailureReport } from './failure-report.ts';
import { createGate } from './gate.ts';
import { IntrospectionFailed, isIntrospectionFailed } from './introspection-failed.ts';
import type { JwtHandling } from './options.ts';
import type { ResolvedIntrospection } from './resolve-introspection.ts';
import { createSealedAnswers, type KeptAnswer } from './sealed-answers.ts';
import { createTokenDigest } from './token-digest.ts';

/** Why a token is introspected: it is opaque, or it is a verified JWT and the option `jwts` says so. */
export type Asking = 'opaque' | Exclude<JwtHandling, 'local'>;

/** The result of introspecting a token. */
export interface Introspection {
  /** The claims of the answer, checked; or the reason why the token is refused. */
  readonly outcome: TokenClaims | AuthErrorReason;
  /** Which claim was refused, when a claim is the reason. */
  readonly fault?: TokenFault | undefined;
  /** The server's answer, for `explain`; `undefined` when an earlier refusal was remembered. */
  readonly answer: ServerAnswer | undefined;
  /** When the server answered, in milliseconds since the epoch. */
  readonly answeredAt: number;
  /** From this time on the server must be asked again. Milliseconds since the epoch. */
  readonly readAgainAt: number;
}

/** Asks one issuer about its tokens. */
export interface Introspector {
  readonly jwts: JwtHandling;
  /** The URL that tokens are sent to; `undefined` until it is known. */
  readonly endpoint: string | undefined;
  /** Whether an opaque token is one of this issuer; `undefined` when the option `matches` is not set. */
  readonly matches: ((token: string) => boolean) | undefined;
  /**
   * Introspects a token. Rejects with an `AuthError` of the code `temporarily_unavailable` (503) when there is no
   * answer, or when a rule of the preset throws.
   */
  introspect(token: string, asking: Asking): MaybePromise<Introspection>;
  /** Finds the endpoint, so that the first question does not have to. Rejects with an `AuthError` when it cannot. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Ends the questions in flight, and forgets the remembered tokens. */
  close(): void;
}

/** What an introspector is made from, besides its options. */
export interface IntrospectorContext {
  readonly provider: Provider;
  readonly audience: readonly string[] | undefined;
  readonly algorithms: readonly Algorithm[];
  readonly keySet: KeySet;
  readonly clock: Clock;
  readonly clockToleranceSec: number;
  readonly fetch: typeof globalThis.fetch;
  readonly allowHttp: readonly string[];
  readonly events: EventSink;
  /** Random numbers in [0, 1), to vary pauses. Default {@link systemRandom}. */
  readonly random?: () => number;
}

const INACTIVE: ClaimsRefusal = Object.freeze({ reason: 'token_inactive' });

/** The clock of another process may be ahead by this many milliseconds. */
const CLOCK_SKEW_MS = 5_000;

/**
 * Makes an introspector for the tokens of one issuer (RFC 7662).
 * - While a question about a token is in flight, other requests with this token wait for the same answer.
 * - The number of questions in flight and their time are limited.
 * - A refused token is remembered for a few seconds, and not asked about again in that time.
 * - If a store is configured, active answers are shared with other processes.
 *
 * It sends nothing before the first question.
 */
export function createIntrospector(
  resolved: ResolvedIntrospection,
  context: IntrospectorContext,
): Introspector {
  const { rule, source, cache, isAudienceRequired, timeoutMs, maxConcurrent } = resolved;
  const { provider, audience, clock, clockToleranceSec, events, random = systemRandom } = context;
  const { issuer } = provider;
  const clientId = source.kind === 'endpoint' ? (source.client.clientId ?? '') : '';
  const server = createAskServer(source, { ...context, issuer, keys: provider.keys });
  const policy = answerPolicy(provider, rule, { audience, isAudienceRequired, clockToleranceSec });
  const digestOf = createTokenDigest(issuer, clientId);
  const memory = createTokenMemory({
    clock,
    refusedForMs: cache?.inactiveForMs ?? 0,
    refusedEntries: cache?.inactiveEntries ?? 1,
  });
  const activeForMs = cache?.activeForMs ?? 0;
  const shared =
    cache?.shared && createSealedAnswers({ ...cache.shared, issuer, clientId, events });
  const gate = createGate({ maxConcurrent, clock, random, memory });
  const report = createFailureReport(issuer, events);
  const flights = new Map<string, Promise<Introspection>>();
  const closing = new AbortController();

  function introspect(token: string, asking: Asking): MaybePromise<Introspection> {
    const digest = digestOf(token);
    const remembered = memory.refused(digest);
    if (remembered !== undefined) return refused(remembered, undefined);
    const inFlight = flights.get(digest);
    if (inFlight !== undefined) return inFlight;
    const flight = answerAbout(token, digest, asking).finally(() => flights.delete(digest));
    flights.set(digest, flight);
    return flight;
  }

  async function answerAbout(
    token: string,
    digest: string,
    asking: Asking,
  ): Promise<Introspection> {
    const fromOthers = await sharedAnswer(token);
    const kept = fromOthers ?? (await askedAnswer(token, digest, asking));
    const { answer, answeredAt } = kept;
    const claims = claimsOfAnswer(answer);
    const refusal = ownProperty(answer, 'active') === true ? refusalOf(claims, asking) : INACTIVE;
    if (refusal !== undefined) {
      const { reason, ...fault } = refusal;
      // A token that is not valid yet may become valid at any moment, so this refusal is not remembered.
      if (reason !== 'not_yet_valid') memory.refuse(digest, reason);
      return refused(reason, answer, fault);
    }
    memory.noteActive(digest);
    if (fromOthers === undefined) share(token, claims, answeredAt);
    return { outcome: claims, answer, answeredAt, readAgainAt: answeredAt + activeForMs };
  }

  function refusalOf(claims: TokenClaims, asking: Asking): ClaimsRefusal | undefined {
    // The principal of a confirmed JWT is made from the JWT's own claims. The caller compares the answer with them.
    if (asking === 'confirm') return undefined;
    try {
      return checkAnswer(claims, policy, epochSeconds(clock));
    } catch (cause) {
      // The rule may be the operator's own code. If it throws, that is an outage (503).
      throw new AuthError('classification_failed', { cause });
    }
  }

  function refused(
    outcome: AuthErrorReason,
    answer: ServerAnswer | undefined,
    fault?: TokenFault,
  ): Introspection {
    const now = clock.now();
    return { outcome, fault, answer, answeredAt: now, readAgainAt: now };
  }

  async function sharedAnswer(token: string): Promise<KeptAnswer | undefined> {
    const kept = await shared?.get(token);
    if (kept === undefined) return undefined;
    const now = clock.now();
    const age = now - kept.answeredAt;
    if (age >= activeForMs || age < -CLOCK_SKEW_MS) return undefined;
    return { ...kept, answeredAt: Math.min(kept.answeredAt, now) };
  }

  function share(token: string, claims: TokenClaims, answeredAt: number): void {
    const livesForMs = (ownNumber(claims, 'exp') ?? Number.POSITIVE_INFINITY) * 1_000 - answeredAt;
    const ttlMs = Math.floor(Math.min(activeForMs, livesForMs));
    // Only the claims are stored, not other members of the answer, such as Keycloak's `jwt`.
    const answer = { ...claims, active: true };
    if (ttlMs > 0) shared?.set(token, { answer, answeredAt }, ttlMs);
  }

  async function askedAnswer(token: string, digest: string, asking: Asking): Promise<KeptAnswer> {
    // A verified JWT cannot be made up, so it counts as known.
    const isKnown = asking !== 'opaque' || memory.wasActive(digest);
    const passage = gate.enter(isKnown, report.last);
    try {
      const answer = await ask(token, asking !== 'opaque');
      passage.succeeded();
      report.answered(ownProperty(answer, 'active') === true);
      return { answer, answeredAt: clock.now() };
    } catch (error) {
      const cause = failureOf(error);
      const { retryAfterSec, isAboutServer } = passage.failed(cause);
      if (isAboutServer && !closing.signal.aborted) report.failed(cause);
      throw new AuthError('introspection_unavailable', {
        ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
        cause,
      });
    }
  }

  /** Asks one question, within the time limit. */
  async function ask(token: string, isVerifiedJwt: boolean): Promise<ServerAnswer> {
    const answer = await inTime((signal) => server.ask({ token, isVerifiedJwt, signal }));
    // RFC 7662 §2.2: `active` is a boolean. Values such as "true" or 1 are not accepted.
    if (typeof ownProperty(answer, 'active') === 'boolean') return answer;
    throw new IntrospectionFailed(
      'malformed',
      'The answer has no member active that is true or false',
    );
  }

  async function inTime<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const limit = new AbortController();
    const stop = () => limit.abort(new IntrospectionFailed('network', 'The server was closed'));
    if (closing.signal.aborted) stop();
    closing.signal.addEventListener('abort', stop, { once: true });
    const late = () =>
      limit.abort(new IntrospectionFailed('timeout', 'There was no answer in time'));
    const timer = setTimeout(late, timeoutMs);
    timer.unref();
    try {
      return await abortable(run(limit.signal), limit.signal);
    } finally {
      clearTimeout(timer);
      closing.signal.removeEventListener('abort', stop);
    }
  }

  return {
    jwts: resolved.jwts,
    get endpoint() {
      return server.endpoint;
    },
    matches: resolved.matches,
    introspect,
    async ready(signal) {
      signal?.throwIfAborted();
      try {
        await abortable(
          inTime((limit) => server.prepare(limit)),
          signal,
        );
      } catch (cause) {
        if (signal?.aborted === true || isAuthError(cause)) throw cause;
        throw new AuthError('introspection_unavailable', { cause });
      }
    },
    close() {
      closing.abort();
      memory.clear();
    },
  };
}

function failureOf(error: unknown): IntrospectionFailed {
  if (isIntrospectionFailed(error)) return error;
  return new IntrospectionFailed('network', 'The question failed', { cause: error });
}
