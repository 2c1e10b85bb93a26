import { describe, expect, it } from 'vitest';
import { aClock, ISSUER } from '../../../../test/support/tokens.ts';
import { createAskServer } from '../../src/introspection/ask-server.ts';
import {
  bearerToken,
  clientSecretBasic,
  type IntrospectionClient,
  tlsClientAuth,
} from '../../src/introspection/client-authentication.ts';
import type { KeySet } from '../../src/keys/key-set.ts';

interface Options {
  readonly client?: IntrospectionClient;
  readonly endpoint?: unknown;
  readonly signed?: boolean;
  readonly allowHttp?: readonly string[];
  readonly fetch?: typeof globalThis.fetch;
}

function aServer(options: Options = {}) {
  const { client = clientSecretBasic('api', 's'), endpoint, signed = false } = options;
  const { allowHttp = [], fetch = async () => Response.json({ active: true }) } = options;
  return createAskServer(
    { kind: 'endpoint', client, endpoint: endpoint as string | undefined, signed },
    {
      issuer: ISSUER,
      keys: { kind: 'static', jwks: { keys: [] } },
      keySet: {} as KeySet,
      algorithms: ['ES256'],
      fetch,
      allowHttp,
      clock: aClock(),
      clockToleranceSec: 5,
    },
  );
}

const question = () => ({
  token: 'opaque',
  isVerifiedJwt: false,
  signal: new AbortController().signal,
});
const ENDPOINT = `${ISSUER}/introspect`;

describe('the endpoint', () => {
  it.each(['http://as.example.com', 'https://a:b@as.example.com', 'ftp://x', 'introspect', 7])(
    'may not be %j',
    (endpoint) => {
      expect(() => aServer({ endpoint })).toThrow("endpoint: 'https://");
    },
  );

  it.each([ENDPOINT, 'http://127.0.0.1:4445/i', 'http://localhost/i'])('may be %j', (endpoint) => {
    expect(aServer({ endpoint }).endpoint).toBe(endpoint);
  });

  it('may be http on a host that is named for it', () => {
    const endpoint = 'http://hydra:4445/admin/oauth2/introspect';
    expect(aServer({ endpoint, allowHttp: ['hydra'] }).endpoint).toBe(endpoint);
  });
});

describe('a question', () => {
  it('is a form by POST, and follows no redirect (RFC 7662 §2.1)', async () => {
    const sent: unknown[] = [];
    const fetch = async (url: unknown, init: RequestInit = {}) => {
      const { method, redirect, body, headers } = init;
      sent.push([String(url), method, redirect, String(body), new Headers(headers).get('accept')]);
      return Response.json({ active: true, sub: 'ada' });
    };
    const server = aServer({ endpoint: ENDPOINT, fetch: fetch as typeof globalThis.fetch });
    expect(await server.ask(question())).toEqual({ active: true, sub: 'ada' });
    const form = 'token_type_hint=access_token&token=opaque';
    expect(sent).toEqual([[ENDPOINT, 'POST', 'manual', form, 'application/json']]);
  });

  it('goes by the fetch of a client that presents a certificate, to its own endpoint', async () => {
    const asked: string[] = [];
    const metadata = {
      issuer: ISSUER,
      introspection_endpoint: ENDPOINT,
      mtls_endpoint_aliases: { introspection_endpoint: 'https://mtls.example.com/i' },
    };
    const by = (name: string) => async (url: unknown) => {
      asked.push(`${name} ${String(url)}`);
      return Response.json(name === 'usual' ? metadata : { active: true });
    };
    const client = tlsClientAuth('api', { fetch: by('certificate') as typeof fetch });
    const server = aServer({ client, fetch: by('usual') as typeof fetch });
    expect(server.endpoint).toBeUndefined();
    await server.ask(question());
    expect(asked).toEqual([
      `usual ${ISSUER}/.well-known/openid-configuration`,
      'certificate https://mtls.example.com/i',
    ]);
    expect(server.endpoint).toBe('https://mtls.example.com/i');
  });

  it('of a client with a bearer token takes 401 for its own: an outage', async () => {
    const fetch = async () => Response.json({ error: 'invalid_token' }, { status: 401 });
    const own = aServer({ endpoint: ENDPOINT, fetch, client: bearerToken(() => 't') });
    await expect(own.ask(question())).rejects.toMatchObject({
      failure: 'unauthorized',
      status: 401,
    });
    const basic = aServer({ endpoint: ENDPOINT, fetch });
    expect(await basic.ask(question())).toEqual({ active: false });
  });

  it('fails without a word about the secret when it cannot be had', async () => {
    const client = clientSecretBasic('api', () => Promise.reject(new Error('vault is sealed')));
    const failing = aServer({ endpoint: ENDPOINT, client }).ask(question());
    await expect(failing).rejects.toMatchObject({
      failure: 'credentials',
      message: 'Our own credentials could not be made',
    });
  });

  it('fails when the answer is signed, and that was not asked for', async () => {
    const headers = { 'content-type': 'application/token-introspection+jwt' };
    const fetch = async () => new Response('a.b.c', { headers });
    const asked = aServer({ endpoint: ENDPOINT, fetch }).ask(question());
    await expect(asked).rejects.toMatchObject({ failure: 'not_json' });
  });

  it('hands on how long to wait, between 1 and 60 seconds', async () => {
    for (const [given, taken] of [
      ['7', 7],
      ['0', 1],
      ['99999', 60],
      ['soon', undefined],
      ['1.5', undefined],
    ] as const) {
      const fetch = async () =>
        new Response('', { status: 503, headers: { 'retry-after': given } });
      const error = await aServer({ endpoint: ENDPOINT, fetch })
        .ask(question())
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ failure: 'status', status: 503, retryAfterSec: taken });
    }
  });
});
