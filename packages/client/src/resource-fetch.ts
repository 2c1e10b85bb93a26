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

/** What {@link createResourceFetch} needs. */
export interface ResourceFetchContext {
  /** Gives a token that replaces one that an API did not accept: see `TokenKeeper.renew`. */
  readonly renew: TokenKeeper['renew'];
  /** Gives a usable token, after the checks of the certificate and the credentials. */
  readonly token: (signal: AbortSignal | undefined) => AccessToken | Promise<AccessToken>;
  readonly origins: readonly string[];
  readonly allowHttp: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  /** Gives the handle that makes DPoP proofs; `undefined` if tokens are not bound. */
  readonly proofs: () => Promise<ProofHandle | undefined>;
  /** Called when an API did not accept a token and the request is about to be sent with another one. */
  readonly rejected: () => void;
}

/** The limit that `fetch` itself has. */
const MAX_REDIRECTS = 20;

/** Makes the `fetch` that adds tokens. */
export function createResourceFetch(context: ResourceFetchContext): ResourceFetch {
  const { origins, allowHttp } = context;
  const prefixes = origins.map((origin) => `${origin}/`);

  function checkOrigin(url: string): void {
    // A URL that begins with the origin and a slash has this host, whatever comes after.
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
      throw new TypeError(
        'The API answered with a redirect, and the option redirect of the request is error',
      );
    }
    return follow(request, response);
  };
}

/**
 * Sends a request with a token. Sends it again at most once because the API asks for a nonce, and at most
 * once because the API does not accept the token.
 */
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
    // An unread body would keep its connection busy.
    discardBody(response);
  }
}

// Not an async function: one more promise would cost every call with a bearer token a tenth of a microsecond.
function send(
  context: ResourceFetchContext,
  request: OutgoingRequest,
  { accessToken, type }: AccessToken,
): Promise<Response> {
  if (type === 'DPoP') return sendWithProof(context, request, accessToken);
  const { url, init, headers } = request;
  // The headers are changed, not copied: no other code uses them, and a copy would cost each call half a
  // microsecond.
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
        // The caller of this function has checked that the token may be sent to this URL.
        [library.allowInsecureRequests]: true,
      },
    );
  } catch (error) {
    return challengedResponse(error, library);
  }
}

/**
 * The library throws when a response has a challenge. This function returns that response, so that the
 * request is sent again or the caller gets the response.
 */
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
