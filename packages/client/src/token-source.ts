import { abortable, ignoreRejection, type MaybePromise } from '@authly/core/client';
import type { AccessToken } from './access-token.ts';
import { createBackOff } from './back-off.ts';
import { isCertificateFetch } from './certificate-fetch.ts';
import { createEmit, type GrantKind } from './client-events.ts';
import { createCredentialsCheck } from './credentials-check.ts';
import type { DelegatedTokens } from './delegated-tokens.ts';
import { createDpopProver } from './dpop-prover.ts';
import {
  type Explanation,
  explanationOf,
  failedAnswer,
  isResourceIgnored,
  type LastAnswer,
} from './explanation.ts';
import { inTime } from './in-time.ts';
import { createResourceFetch, type ResourceFetch } from './resource-fetch.ts';
import { resolveSourceOptions, type TokenSourceOptions } from './source-options.ts';
import { type SubjectToken, subjectTokenOf } from './subject-token.ts';
import { createFindTokenEndpoint } from './token-endpoint.ts';
import { clientCredentials, tokenExchange } from './token-grant.ts';
import { createTokenKeeper, type TokenKeeper } from './token-keeper.ts';
import type { TokenReport } from './token-report.ts';
import { createTokenRequest } from './token-request.ts';
import { isTokenSourceError, TokenSourceError } from './token-source-error.ts';

/** Options of {@link Tokens.token}. */
export interface TokenOptions {
  /** Ends the wait of this caller, but not the request, because other callers may wait for it. */
  readonly signal?: AbortSignal | undefined;
}

/** Tokens for one API, and requests with them. */
export interface Tokens {
  /**
   * Resolves with a token that stays valid for some time: the kept one, or a new one. Rejects with a
   * `TokenSourceError`, or with the reason of `signal`.
   */
  token(options?: TokenOptions): Promise<AccessToken>;
  /**
   * Like `fetch`, with the token added. The URL must be absolute and on one of the source's origins.
   *
   * A request is sent again at most once because the API asks for a nonce, and at most once because the API
   * does not accept the token (401 with `invalid_token`). No new token is fetched for one that is younger
   * than five seconds. Every other answer is returned to the caller. A body that is a stream is sent only
   * once. A `Request` with a body is read into memory. Redirects are followed only on the same origin; a
   * redirect to another origin is returned to the caller.
   *
   * Rejects with a `TokenSourceError` if there is no token, if the URL is on another origin, or if the caller
   * sets `authorization` or `dpop` itself. Otherwise it rejects as `fetch` does.
   */
  fetch: ResourceFetch;
}

/** The result of {@link tokenSource}. */
export interface TokenSource extends Tokens {
  /**
   * Tokens that say on whose behalf this service acts: the caller's token is exchanged (RFC 8693), and never
   * passed on. Give it the request that `authenticate` let in (Express), its context (Koa), or a token.
   *
   * Exchanged tokens are kept under a digest of the caller's token, and not longer than that token lives.
   * Throws `no_subject` for an anonymous request.
   */
  onBehalfOf(subject: string | object): Tokens;
  /**
   * Describes the configuration and the server's last answer. Reads the metadata if that has not been done
   * yet.
   */
  explain(): Promise<Explanation>;
  /** Ends running requests for tokens, and forgets every token. Later calls fail with `closed`. */
  close(): void;
}

/**
 * Each source multiplies the length of its refresh window by a random factor from 0.9 to 1.1, so that
 * processes do not refresh at the same time.
 */
const SPREAD = 0.1;

/**
 * Keeps an access token of this service for one API (client credentials, RFC 6749 §4.4), and renews it before
 * it ends. It has no timer: a renewal that is due starts when the token is used. So an idle service sends no
 * requests, and its process can exit. Calls at the same time share one request.
 *
 * Nothing is fetched before the first call. Each source has its own tokens. No two sources share a cache.
 *
 * @throws ConfigurationError for wrong options. The message says the line to write.
 */
export function tokenSource(given: TokenSourceOptions): TokenSource {
  const options = resolveSourceOptions(given);
  const { issuer, clientId, client, clock, random, target, timeoutMs, origins } = options;
  const emit = createEmit(options.onEvent);
  const certificate = isCertificateFetch(client.fetch) ? client.fetch : undefined;
  const endpoint = createFindTokenEndpoint({
    ...options,
    isMutualTls: client.method === 'tls_client_auth',
    moved: (url) => emit({ type: 'issuer.endpoint_moved', issuer, clientId, url }),
  });
  const prover = options.dpop ? createDpopProver(clock) : undefined;
  const request = createTokenRequest({ options, endpoint, prover });
  const server = createBackOff({ now: () => clock.monotonicMs(), random });
  const common = { server, clock, random, spread: 1 - SPREAD + 2 * SPREAD * random(), timeoutMs };
  let last: LastAnswer | undefined;
  let isResourceTold = false;
  let isClosed = false;
  let certificateTag: string | undefined;

  function reportOf(grant: GrantKind): TokenReport {
    const source = { issuer, clientId, grant } as const;
    return {
      fetched({ type, lifeSec, scopes, audience, requestedAt }, { endsAt }, isRefresh) {
        const expiresInSec = Math.round((endsAt - requestedAt) / 1_000);
        last = { outcome: 'issued', grant, type, expiresInSec: lifeSec, scopes, audience };
        const binding = type === 'DPoP' ? 'dpop' : 'none';
        const event = isRefresh ? 'token.refreshed' : 'token.fetched';
        emit({ type: event, ...source, expiresInSec, binding });
        const [resource] = target.resources;
        if (isResourceTold || resource === undefined) return;
        if (!isResourceIgnored(target.resources, audience)) return;
        isResourceTold = true;
        emit({ type: 'token.resource_ignored', ...source, resource });
      },
      failed(error, retryInMs) {
        last = failedAnswer(error, grant);
        const { reason: cause, serverStatus: status, serverError, code } = error;
        emit({
          type: 'token.failed',
          ...source,
          cause,
          ...(status !== undefined && { status }),
          ...(serverError !== undefined && { error: serverError }),
          ...(code !== undefined && { code }),
          retryInSec: retryInMs / 1_000,
        });
      },
      sameAgain() {
        emit({ type: 'token.same_again', ...source });
      },
    };
  }

  const own = createTokenKeeper({
    ...common,
    report: reportOf('client_credentials'),
    request: (signal) => request.send(clientCredentials(target), signal),
  });
  let delegated: DelegatedTokens | undefined;

  /** Loads the code for exchanges at the first one, so that services without exchanges do not load it. */
  async function openDelegated(): Promise<DelegatedTokens> {
    const { createDelegatedTokens } = await import('./delegated-tokens.ts');
    delegated ??= createDelegatedTokens({
      ...common,
      issuer,
      clientId,
      maxSubjects: options.maxSubjects,
      report: reportOf('exchange'),
      exchange: (subject, signal) =>
        request.send(tokenExchange(options.exchange, target, subject), signal),
    });
    return delegated;
  }

  /**
   * Returns a function that gives the keeper for a caller's token, and a new keeper once the former one is
   * over.
   */
  function keeperFor(subject: SubjectToken): () => MaybePromise<TokenKeeper> {
    let keeper: TokenKeeper | undefined;
    return () => {
      if (keeper !== undefined && !keeper.isOver) return keeper;
      if (delegated === undefined)
        return openDelegated().then((opened) => opened.keeperFor(subject));
      keeper = delegated.keeperFor(subject);
      return keeper;
    };
  }

  /** Drops the tokens if the client certificate has changed, because they are bound to the old one. */
  async function checkCertificate(): Promise<void> {
    if (certificate === undefined) return;
    const tag = await inTime(certificate.certificateTag(), timeoutMs).catch((cause: unknown) => {
      throw new TokenSourceError('credentials_unavailable', { cause });
    });
    if (tag === undefined) throw new TokenSourceError('credentials_unavailable');
    if (certificateTag !== undefined && tag !== certificateTag) {
      own.drop();
      delegated?.drop();
    }
    certificateTag = tag;
  }

  /** Checks whether the secret was rotated. If it was, the next attempt may be made at once. */
  const checkCredentials = createCredentialsCheck(
    request.hasNewCredentials,
    () => clock.monotonicMs(),
    timeoutMs,
  );

  async function tokenAfterChecks(
    keeper: MaybePromise<TokenKeeper>,
    signal: AbortSignal | undefined,
  ): Promise<AccessToken> {
    await abortable(checkCertificate(), signal);
    const opened = await keeper;
    if (server.last?.reason === 'client_refused') {
      const checked = checkCredentials().then((haveChanged) => {
        if (haveChanged) server.retryNow();
      });
      // A caller with a usable token does not wait for the check, which may read a vault.
      if (!opened.isUsable) await abortable(checked, signal);
    }
    if (isClosed) throw new TokenSourceError('closed');
    return opened.get(signal);
  }

  function tokensOf(keeperOf: () => MaybePromise<TokenKeeper>, grant: GrantKind): Tokens {
    function current(signal: AbortSignal | undefined): MaybePromise<AccessToken> {
      signal?.throwIfAborted();
      if (isClosed) throw new TokenSourceError('closed');
      const keeper = keeperOf();
      const isReady = certificate === undefined && server.last?.reason !== 'client_refused';
      if (isReady && !('then' in keeper)) return keeper.get(signal);
      return tokenAfterChecks(keeper, signal);
    }

    return Object.freeze({
      token: async ({ signal }: TokenOptions = {}) => current(signal),
      fetch: createResourceFetch({
        renew: async (refused, signal) => (await keeperOf()).renew(refused, signal),
        token: current,
        origins,
        allowHttp: options.allowHttp,
        fetch: client.fetch ?? options.fetch,
        proofs: async () => prover?.made,
        rejected: () => emit({ type: 'token.rejected', issuer, clientId, grant }),
      }),
    });
  }

  return Object.freeze({
    ...tokensOf(() => own, 'client_credentials'),
    onBehalfOf(subject: string | object) {
      return tokensOf(keeperFor(subjectTokenOf(subject)), 'exchange');
    },
    async explain() {
      if (endpoint.known === undefined) {
        const limit = AbortSignal.timeout(timeoutMs);
        // The limit also holds for a `fetch` of the application that ignores its signal.
        await abortable(endpoint.find(limit), limit).catch((error: unknown) => {
          const cause = isTokenSourceError(error) ? error : new TokenSourceError('issuer_timeout');
          last ??= failedAnswer(cause, 'client_credentials');
        });
      }
      return explanationOf({ options, endpoint: endpoint.known, last, kept: own.kept });
    },
    close() {
      isClosed = true;
      own.close();
      delegated?.close();
      if (certificate !== undefined) ignoreRejection(certificate.close());
    },
  });
}
