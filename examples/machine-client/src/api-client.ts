import type { TokenSource } from './token-source.ts';

/** Calls one API with this service's own token. */
export interface ApiClient {
  /** As `fetch`, with a path below the API's URL. The body is text, so that it can be sent twice. */
  fetch(path: string, init?: ApiRequest): Promise<Response>;
}

/** What of a request this client passes on. */
export interface ApiRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/**
 * A client of the API at `baseUrl`. When the API refuses the token (401), the request is sent once
 * more with a new one: keys may have been changed, or the clocks differ. Every other answer is the
 * caller's, 403 included: another token would be refused all the same.
 */
export function createApiClient(baseUrl: string, tokens: TokenSource): ApiClient {
  async function send(path: string, init: ApiRequest, token: string): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    // A redirect must not carry the token to somewhere else.
    return fetch(new URL(path, baseUrl), { ...init, headers, redirect: 'error' });
  }

  return {
    async fetch(path, init = {}) {
      const token = await tokens.get();
      const response = await send(path, init, token);
      if (response.status !== 401) return response;
      await response.body?.cancel();
      tokens.forget(token);
      return send(path, init, await tokens.get());
    },
  };
}
