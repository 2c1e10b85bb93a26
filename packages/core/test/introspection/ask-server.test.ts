import { describe, expect, it } from 'vitest';
import {
  aClock,
  compactJws,
  ISSUER,
  issuerKey,
  jwks,
  NOW,
} from '../../../../test/support/tokens.ts';
import { type AskServerContext, createAskServer } from '../../src/introspection/ask-server.ts';
import {
  bearerToken,
  clientSecretBasic,
  type IntrospectionClient,
  tlsClientAuth,
} from '../../src/introspection/client-authentication.ts';
import { createStaticKeySet } from '../../src/keys/static-key-set.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';

interface Options {
  readonly client?: IntrospectionClient;
  readonly endpoint?: unknown;
  readonly signed?: boolean;
  readonly allowHttp?: readonly string[];
  readonly fetch?: typeof globalThis.fetch;
}

const keySet = createStaticKeySet(jwks, {
  issuer: ISSUER,
  events: createEventSink(undefined),
  uses: ['sig'],
  maxKeys: 10,
});

const CONTEXT: AskServerContext = {
  issuer: ISSUER,
  keys: { kind: 'static', jwks: { keys: [] } },
  keySet,
  algorithms: ['ES256'],
  fetch: () => Promise.reject(new Error('no request is made')),
  allowHttp: [],
  clock: aClock(),
  clockToleranceSec: 5,
};

function aServer(options: Options = {}) {
  const { client = clientSecretBasic('api', 's'), endpoint, signed = false } = options;
  const { allowHttp = [], fetch = async () => Response.json({ active: true }) } = options;
  return createAskServer(
    { kind: 'endpoint', client, endpoint: endpoint as string | undefined, signed },
    { ...CONTEXT, fetch, allowHttp },
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

  it('may be http on a host of allowHttp', () => {
    const endpoint = 'http://hydra:4445/admin/oauth2/introspect';
    expect(aServer({ endpoint, allowHttp: ['hydra'] }).endpoint).toBe(endpoint);
  });
});

describe('a question', () => {
  it('is sent as a form by POST, and no redirect is followed (RFC 7662 §2.1)', async () => {
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

  it('uses the fetch of a client that presents a certificate, and the endpoint for certificates', async () => {
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

  it('of a client without a certificate uses the usual endpoint', async () => {
    const asked: string[] = [];
    const metadata = {
      issuer: ISSUER,
      introspection_endpoint: ENDPOINT,
      mtls_endpoint_aliases: { introspection_endpoint: 'https://mtls.example.com/i' },
    };
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return Response.json(asked.length === 1 ? metadata : { active: true });
    };
    await aServer({ fetch: fetch as typeof globalThis.fetch }).ask(question());
    expect(asked).toEqual([`${ISSUER}/.well-known/openid-configuration`, ENDPOINT]);
  });

  it('is sent over http if that was allowed', async () => {
    for (const endpoint of ['http://127.0.0.1:4445/i', 'http://hydra:4445/i']) {
      const server = aServer({ endpoint, allowHttp: ['hydra'] });
      expect(await server.ask(question())).toEqual({ active: true });
    }
  });

  it('of a client with a bearer token: a 401 is about that token, and an outage', async () => {
    const fetch = async () => Response.json({ error: 'invalid_token' }, { status: 401 });
    const own = aServer({ endpoint: ENDPOINT, fetch, client: bearerToken(() => 't') });
    await expect(own.ask(question())).rejects.toMatchObject({
      failure: 'unauthorized',
      status: 401,
    });
    const basic = aServer({ endpoint: ENDPOINT, fetch });
    expect(await basic.ask(question())).toEqual({ active: false });
  });

  it('fails without showing the secret when the secret cannot be read', async () => {
    const client = clientSecretBasic('api', () => Promise.reject(new Error('vault is sealed')));
    const failing = aServer({ endpoint: ENDPOINT, client }).ask(question());
    await expect(failing).rejects.toMatchObject({
      failure: 'credentials',
      message: 'The credentials of this API could not be read or made',
    });
  });

  it('fails when the answer is signed although that was not asked for', async () => {
    const headers = { 'content-type': 'application/token-introspection+jwt' };
    const fetch = async () => new Response('a.b.c', { headers });
    const asked = aServer({ endpoint: ENDPOINT, fetch }).ask(question());
    await expect(asked).rejects.toMatchObject({ failure: 'not_json' });
  });

  it('passes on how long to wait, between 1 and 60 seconds', async () => {
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

describe('a signed answer (RFC 9701)', () => {
  const ANSWER = { active: true, sub: 'ada' };
  const good = { iss: ISSUER, aud: 'api', iat: NOW, token_introspection: ANSWER };
  const header = { alg: 'ES256', kid: issuerKey.kid, typ: 'token-introspection+jwt' };
  const signed = (claims: object = good, headers: object = header) =>
    compactJws({ ...headers }, { ...claims }, issuerKey);

  function answering(jwt: string, type = 'application/token-introspection+jwt') {
    const accepted: unknown[] = [];
    const fetch = async (_url: unknown, { headers }: RequestInit = {}) => {
      accepted.push(new Headers(headers).get('accept'));
      return new Response(jwt, { headers: { 'content-type': type } });
    };
    const server = aServer({
      endpoint: ENDPOINT,
      signed: true,
      fetch: fetch as typeof globalThis.fetch,
    });
    return { accepted, answer: server.ask(question()) };
  }

  it('is asked for, and its content is the answer', async () => {
    const { accepted, answer } = answering(signed());
    expect(await answer).toEqual(ANSWER);
    expect(accepted).toEqual(['application/token-introspection+jwt']);
  });

  it.each([
    ['of another type', signed(good, { ...header, typ: 'JWT' })],
    ['of no type', signed(good, { ...header, typ: undefined })],
    ['of another issuer', signed({ ...good, iss: 'https://other.example.com' })],
    ['of another algorithm', signed(good, { ...header, alg: 'ES384' })],
    ['for another client', signed({ ...good, aud: 'other' })],
    ['that is old', signed({ ...good, iat: NOW - 61 })],
    ['that somebody else signed', `${signed().slice(0, -8)}AAAAAAAA`],
  ])('%s is not accepted', async (_what, jwt) => {
    await expect(answering(jwt).answer).rejects.toMatchObject({ failure: 'malformed' });
  });

  it('is required: an unsigned answer is refused', async () => {
    const { answer } = answering(JSON.stringify(ANSWER), 'application/json');
    await expect(answer).rejects.toMatchObject({
      failure: 'not_signed',
      message: 'The answer is not signed',
    });
  });

  it('is not needed when the server says that it does not know this type of token', async () => {
    const fetch = async () => Response.json({ error: 'unsupported_token_type' }, { status: 400 });
    const server = aServer({ endpoint: ENDPOINT, signed: true, fetch });
    const answer = await server.ask(question());
    expect(answer).toEqual({ active: false });
    expect(Object.isFrozen(answer)).toBe(true);
  });
});

describe('a failure', () => {
  it('has a kind, and keeps the cause for the operator', async () => {
    const cause = new TypeError('fetch failed');
    const fetch = () => Promise.reject(cause);
    const failing = aServer({ endpoint: ENDPOINT, fetch }).ask(question());
    await expect(failing).rejects.toMatchObject({
      failure: 'network',
      message: 'The request failed',
      cause,
    });
  });

  it('is of the kind network when the body breaks off', async () => {
    const cause = new TypeError('terminated');
    const body = new ReadableStream({ pull: (controller) => controller.error(cause) });
    const fetch = async () => new Response(body);
    const failing = aServer({ endpoint: ENDPOINT, fetch }).ask(question());
    await expect(failing).rejects.toMatchObject({ failure: 'network', cause });
  });

  it('is of the kind discovery when nothing names the endpoint, and then the token is not sent', async () => {
    const fetch = async () => Response.json({ issuer: ISSUER });
    const server = aServer({ fetch });
    const failure = { failure: 'discovery' };
    await expect(server.prepare(new AbortController().signal)).rejects.toMatchObject(failure);
    await expect(server.ask(question())).rejects.toMatchObject(failure);
    expect(server.endpoint).toBeUndefined();
  });
});

describe('prepare', () => {
  it('finds the endpoint, and sends nothing to it', async () => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return Response.json({ issuer: ISSUER, introspection_endpoint: ENDPOINT });
    };
    const server = aServer({ fetch: fetch as typeof globalThis.fetch });
    await server.prepare(new AbortController().signal);
    expect(server.endpoint).toBe(ENDPOINT);
    expect(asked).toEqual([`${ISSUER}/.well-known/openid-configuration`]);
  });

  it('reads no metadata if the endpoint is configured', async () => {
    const fetch = () => Promise.reject(new Error('no request is made'));
    const server = aServer({ endpoint: ENDPOINT, fetch });
    await server.prepare(new AbortController().signal);
    expect(server.endpoint).toBe(ENDPOINT);
  });
});

describe('a function of the application (ask)', () => {
  const asking = (ask: (token: string, options: object) => unknown) =>
    createAskServer({ kind: 'ask', ask } as Parameters<typeof createAskServer>[0], CONTEXT);

  it('gets the token and the signal, has no endpoint, and needs no preparation', async () => {
    const asked: unknown[] = [];
    const server = asking((...args) => {
      asked.push(args);
      return { active: true };
    });
    const { signal, ...rest } = question();
    await server.prepare(signal);
    expect([server.endpoint, asked]).toEqual([undefined, []]);
    const answer = await server.ask({ ...rest, signal });
    expect(answer).toEqual({ active: true });
    expect(Object.isFrozen(answer)).toBe(true);
    expect(asked).toEqual([['opaque', { signal }]]);
  });

  it.each([undefined, null, [], 'active', 7])('that gives %j fails', async (given) => {
    await expect(asking(() => given).ask(question())).rejects.toMatchObject({
      failure: 'malformed',
      message: 'The function ask did not return an introspection answer (RFC 7662)',
    });
  });

  it('that throws fails, with its error as the cause', async () => {
    const cause = new Error('a bug');
    const server = asking(() => {
      throw cause;
    });
    await expect(server.ask(question())).rejects.toMatchObject({
      failure: 'ask',
      message: 'The function ask failed',
      cause,
    });
  });
});
