import { Agent, request } from 'node:https';

/** A client with a certificate of its own, which authenticates it and binds its tokens. */
export interface MtlsClientOptions {
  /** The token endpoint for mutual TLS: `mtls_endpoint_aliases` of the server's metadata, where it has them (RFC 8705 §5). */
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** This client's certificate and its key, in PEM. */
  readonly cert: string;
  readonly key: string;
  /** The API, as the authorization server knows it (RFC 8707), and its URL. */
  readonly resource: string;
  readonly apiUrl: string;
  readonly scope?: string;
  /** Certificate authorities in PEM, instead of those that Node trusts. */
  readonly ca?: string;
}

/** What an API answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Calls the API with tokens that cannot be used without this client's certificate. */
export interface MtlsClient {
  fetch(path: string, options?: { readonly method?: string }): Promise<Answer>;
  close(): void;
}

/**
 * A token is renewed this long before it expires, because it must still be valid when it arrives.
 */
const RENEW_BEFORE_EXPIRY_SEC = 30;

/**
 * Gets tokens by client credentials, bound to the certificate of the connection (RFC 8705 §3). When the
 * certificate is renewed, make a new client: the old tokens, connections and TLS sessions belong to the old
 * certificate and must not be used any more.
 */
export function createMtlsClient(options: MtlsClientOptions): MtlsClient {
  const { apiUrl, cert, key, ca } = options;
  // An agent for this certificate alone, so that its connections and sessions are not shared.
  const agent = new Agent({ keepAlive: true, cert, key, ...(ca && { ca }) });
  let current: { readonly token: string; readonly renewAtMs: number } | undefined;

  async function token(): Promise<string> {
    if (current !== undefined && Date.now() < current.renewAtMs) return current.token;
    const { clientId: client_id, resource, scope, tokenEndpoint } = options;
    const form = { grant_type: 'client_credentials', client_id, resource, ...(scope && { scope }) };
    const { status, text } = await send(agent, tokenEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    if (status !== 200) throw new Error(`The token endpoint answered ${status}`);
    const answer = JSON.parse(text) as { access_token: string; expires_in?: number };
    const lifetimeSec = answer.expires_in ?? 0;
    const usableSec = Math.max(lifetimeSec - RENEW_BEFORE_EXPIRY_SEC, lifetimeSec / 2);
    current = { token: answer.access_token, renewAtMs: Date.now() + usableSec * 1_000 };
    return current.token;
  }

  return {
    async fetch(path, { method = 'GET' } = {}) {
      const headers = { authorization: `Bearer ${await token()}` };
      return send(agent, new URL(path, apiUrl).href, { method, headers });
    },
    close: () => agent.destroy(),
  };
}

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function send(agent: Agent, url: string, { body, ...options }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
