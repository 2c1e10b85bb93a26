import {
  discardBody,
  isEndpointUrl,
  loadOAuthLibrary,
  type OAuthLibrary,
} from '@authly/core/client';
import type { AccessToken } from './access-token.ts';
import { challengesOf } from './challenges.ts';
import type { ProofHandle } from './dpop-prover.ts';
import { type OutgoingRequest, outgoingRequest, redirected } from './outgoing-request.ts';
import type { TokenKeeper } from './token-keeper.ts';
import { TokenSourceError } from './token-source-error.ts';

/** `fetch` of a token source: see `TokenSource.fetch`. */
export type ResourceFetch = (
  input: string | URL | Request,
  init?: RequestInit,
) => Promise<Response>;

/** What it stands on. */
export interface ResourceFetchContext {
  /** A token that replaces one that was not accepted: see `TokenKeeper.renew`. */
  readonly renew: TokenKeeper['renew'];
  /** A usable token, after whatever has to be looked at before. */
  readonly token: (signal: AbortSignal | undefined) => AccessToken | Promise<AccessToken>;
  readonly origins: readonly string[];
  readonly allowHttp: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  /** Makes the proofs, where tokens are bound. */
  readonly proofs: () => Promise<ProofHandle | undefined>;
  /** Told that an API did not accept a token, and was sent another one. */
  readonly rejected: () => void;
}

/** As `fetch` itself has it. */
const MAX_REDIRECTS = 20;

/** Makes the `fetch` that adds tokens. */
export function createResourceFetch(context: ResourceFetchContext): ResourceFetch {
  const { origins, allowHttp } = context;
  const prefixes = origins.map((origin) => `${origin}/`);

  function checkOrigin(url: string): void {
    // Whatever follows, a URL that begins so has this host.
    if (prefixes.some((prefix) => url.startsWith(prefix))) return;
    const isAllowed = isEndpointUrl(url, allowHttp) && origins.includes(new URL(url).origin);
    if (!isAllowed) throw new TokenSourceError('foreign_origin');
  }

  async function follow(first: OutgoingRequest, firstResponse: Response): Promise<Response> {
    let [request, response] = [first, firstResponse];
    for (let redirects = 0; ; redirects++) {
      const next = redirected(request, response);
      if (next === undefined) return response;
      discardBody(response);
      if (redirects === MAX_REDIRECTS) throw new TokenSourceError('too_many_redirects');
      request = next;
      response = await sendWithToken(context, request);
    }
  }

  return async function fetchWithToken(input, init) {
    const made = outgoingRequest(input, init);
    const request = 'url' in made ? made : await made;
    checkOrigin(request.url);
    const response = await sendWithToken(context, request);
    if (response.status < 300 || response.status >= 400) return response;
    if (request.redirect === 'manual') return response;
    if (request.redirect === 'error') {
      discardBody(response);
      throw new TypeError('The API redirects, and the request has redirect: error');
    }
    return follow(request, response);
  };
}

/** Sends a request, and once more each for a nonce that is wanted, and for a token that is not accepted. */
async function sendWithToken(
  context: ResourceFetchContext,
  request: OutgoingRequest,
): Promise<Response> {
  const signal = request.init.signal ?? undefined;
  const held = context.token(signal);
  let token = 'then' in held ? await held : held;
  let isNonceTried = false;
  let isTokenTried = false;
  for (;;) {
    const response = await send(context, request, token);
    if (response.status !== 401 || !request.isRepeatable) return response;
    const error = await challengedWith(response);
    if (error === 'use_dpop_nonce' && !isNonceTried && response.headers.has('dpop-nonce')) {
      isNonceTried = true;
    } else if (error === 'invalid_token' && !isTokenTried) {
      isTokenTried = true;
      const next = await context.renew(token, signal);
      if (next === undefined) return response;
      token = next;
      context.rejected();
    } else return response;
    // An unread body would hold its connection.
    discardBody(response);
  }
}

// Not async for a bearer token: each promise more would cost every call a tenth of a microsecond.
function send(
  context: ResourceFetchContext,
  request: OutgoingRequest,
  { accessToken, type }: AccessToken,
): Promise<Response> {
  if (type === 'DPoP') return sendWithProof(context, request, accessToken);
  const { url, init, headers } = request;
  // Not a copy, which would cost each call half a microsecond: no other code has these headers.
  headers.set('authorization', `Bearer ${accessToken}`);
  return context.fetch(url, { ...init, headers, redirect: 'manual' });
}

async function sendWithProof(
  { fetch, proofs }: ResourceFetchContext,
  { url, init, headers }: OutgoingRequest,
  accessToken: string,
): Promise<Response> {
  const handle = await proofs();
  const library = await loadOAuthLibrary();
  const method = init.method?.toUpperCase() ?? 'GET';
  try {
    return await library.protectedResourceRequest(
      accessToken,
      method,
      new URL(url),
      headers,
      null,
      {
        ...(handle && { DPoP: handle }),
        [library.customFetch]: (_url, proved) =>
          fetch(url, { ...init, method, headers: proved.headers, redirect: 'manual' }),
        // The caller of this function has checked where the token may go.
        [library.allowInsecureRequests]: true,
      },
    );
  } catch (error) {
    return challengedResponse(error, library);
  }
}

/** The library throws a response that has a challenge: it is the caller's, or tried again. */
function challengedResponse(error: unknown, library: OAuthLibrary): Response {
  if (error instanceof library.WWWAuthenticateChallengeError) return error.response;
  throw error;
}

/** `error` of a `Bearer` or `DPoP` challenge (RFC 6750 §3.1, RFC 9449 §7.1). */
async function challengedWith(response: Response): Promise<string | undefined> {
  const header = response.headers.get('www-authenticate');
  const challenges = await challengesOf(header, await loadOAuthLibrary());
  const errors = challenges
    .filter(({ scheme }) => scheme === 'bearer' || scheme === 'dpop')
    .map(({ parameters }) => parameters.error);
  return ['use_dpop_nonce', 'invalid_token'].find((error) => errors.includes(error));
}
