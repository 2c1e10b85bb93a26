import type { JsonWebKeySet } from '@authly/core';

/** How a provider fails: connections are refused, requests are not answered, or each answer is 500. */
export type Outage = 'refused' | 'hang' | '500';

/** What a provider serves. */
interface Served {
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** Where its keys are. */
  readonly jwksUri: string;
  /** The keys that it publishes now. */
  jwks(): JsonWebKeySet;
  /** How it fails now, if it does. */
  outage(): Outage | undefined;
}

/**
 * A `fetch` that answers the addresses of a provider's metadata (OpenID Connect Discovery 1.0 §4, RFC 8414
 * §3) and of its keys. It rejects every other address and method; the error's `cause` lists the addresses that
 * it answers.
 */
export function providerFetch(served: Served): typeof globalThis.fetch {
  const { issuer, jwksUri } = served;
  const metadata = () => ({ issuer, jwks_uri: jwksUri });
  const answers = new Map<string, () => object>([
    ...metadataAddresses(issuer).map((address) => [address, metadata] as const),
    [new URL(jwksUri).href, served.jwks],
  ]);
  return async (input, init) => {
    const request = new Request(input, init);
    const answer = request.method === 'GET' ? answers.get(request.url) : undefined;
    if (answer === undefined) {
      const known = [...answers.keys()].join(', ');
      throw failed(`This test issuer answers GET of ${known}; it was asked ${request.url}`);
    }
    const outage = served.outage();
    if (outage === 'refused') throw failed('connect ECONNREFUSED');
    if (outage === 'hang') return hang(request.signal);
    return outage === '500' ? new Response(null, { status: 500 }) : Response.json(answer());
  };
}

/** The error with which `fetch` rejects when a connection is refused. */
function failed(cause: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(cause) });
}

/** No answer until the request is aborted. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** `undefined` for an issuer that is not a URL, such as Stytch's. */
function metadataAddresses(issuer: string): readonly string[] {
  if (!/^https?:\/\//.test(issuer)) return [];
  const base = issuer.replace(/\/$/, '');
  const { origin } = new URL(base);
  const path = base.slice(origin.length);
  return [
    `${base}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}
