import { createPublicKey } from 'node:crypto';
import { inspect } from 'node:util';
import { compactVerify, importJWK, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { aClock, generateTestKey, NOW } from '../../../../test/support/tokens.ts';
import {
  anonymous,
  bearerToken,
  clientSecretBasic,
  clientSecretPost,
  type IntrospectionClient,
  privateKeyJwt,
  tlsClientAuth,
} from '../../src/introspection/client-authentication.ts';

const ISSUER = 'https://as.example.com';

/** What a client adds to a request. */
async function sent(client: IntrospectionClient, server: object = {}) {
  const authenticate = await client.authentication(aClock());
  const body = new URLSearchParams();
  const headers = new Headers();
  const at = { issuer: ISSUER, ...server };
  await authenticate(at, { client_id: client.clientId ?? '-' }, body, headers);
  return { body, headers, tag: authenticate.tag };
}

async function assertionOf(client: IntrospectionClient, publicJwk: object) {
  const { body } = await sent(client);
  const { payload, protectedHeader } = await compactVerify(
    body.get('client_assertion') ?? '',
    await importJWK(publicJwk as JWK, protectedHeaderAlg(body)),
  );
  const claims = JSON.parse(Buffer.from(payload).toString());
  return { header: protectedHeader, claims, body };
}

function protectedHeaderAlg(body: URLSearchParams): string {
  const [header = ''] = (body.get('client_assertion') ?? '').split('.');
  return JSON.parse(Buffer.from(header, 'base64url').toString()).alg;
}

describe('clientSecretBasic', () => {
  it('[RFC6749-2.3.1-a] form-encodes id and secret before it joins them', async () => {
    const { body, headers } = await sent(clientSecretBasic('orders:api', 'a b+c/ü%'));
    const [scheme, credentials = ''] = (headers.get('authorization') ?? '').split(' ');
    const [id, secret] = Buffer.from(credentials, 'base64').toString().split(':');
    expect(scheme).toBe('Basic');
    expect([id, secret]).toEqual(['orders%3Aapi', 'a+b%2Bc%2F%C3%BC%25']);
    expect(body.toString()).toBe('');
  });

  it('reads a secret from a function for each request', async () => {
    const secrets = ['one', 'two'];
    const client = clientSecretPost('api', async () => secrets.shift() ?? '');
    expect((await sent(client)).body.get('client_secret')).toBe('one');
    expect((await sent(client)).body.get('client_secret')).toBe('two');
    await expect(sent(client)).rejects.toThrow('returned no secret');
  });

  it('removes one line break at the end of what a function gives, because files have one', async () => {
    const secretOf = async (given: string) =>
      (await sent(clientSecretPost('api', () => given))).body.get('client_secret');
    expect(await secretOf('secret\n')).toBe('secret');
    expect(await secretOf('secret\r\n')).toBe('secret');
    expect(await secretOf('secret\n\n')).toBe('secret\n');
    await expect(secretOf('\n')).rejects.toThrow('returned no secret');
    const { body } = await sent(clientSecretPost('api', 'typed\n'));
    expect(body.get('client_secret')).toBe('typed\n');
  });

  it.each([
    ['Basic', clientSecretBasic],
    ['post', clientSecretPost],
  ])('gives a tag that changes with the secret and does not show it: %s', async (_name, make) => {
    const secrets = ['one', 'one', 'two'];
    const client = make('api', () => secrets.shift() ?? '');
    const tags = [await sent(client), await sent(client), await sent(client)].map(({ tag }) => tag);
    expect(tags[0]).toBe(tags[1]);
    expect(tags[2]).not.toBe(tags[0]);
    expect(tags[0]).toMatch(/^[\w-]{43}$/);
    expect((await sent(make('api', 'fixed'))).tag).toBeUndefined();
  });

  it('does not show its secret when it is printed', () => {
    const clients = [clientSecretBasic('api', 'hush-hush'), clientSecretPost('api', 'hush-hush')];
    expect(inspect(clients, { depth: 9, showHidden: true })).not.toContain('hush');
    expect(JSON.stringify(clients)).not.toContain('hush');
  });

  it.each([
    [() => clientSecretBasic('', 'secret'), "clientSecretBasic('orders-api'"],
    [() => clientSecretBasic('api', ''), 'check that the variable is set'],
    [
      () => clientSecretBasic('api', undefined as never),
      "('orders-api', process.env.SECRET ?? '')",
    ],
    [() => clientSecretPost(7 as never, 'secret'), "clientSecretPost('orders-api'"],
    [() => clientSecretPost('api', undefined as never), 'clientSecretPost() needs a secret'],
  ])('refuses a missing value: %s', (make, line) => {
    expect(make).toThrow(line);
  });
});

describe('clientSecretPost', () => {
  it('puts id and secret into the form', async () => {
    const { body, headers } = await sent(clientSecretPost('api', 'a b'));
    expect(body.toString()).toBe('client_id=api&client_secret=a+b');
    expect([...headers]).toEqual([]);
  });
});

describe('privateKeyJwt', () => {
  it.each(['RS256', 'PS256', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const)(
    '[RFC7523-2.2-a] [RFC7523-3-a] [RFC7523-3-b] [RFC7523-3-c] [RFC7523-3-d] [RFC7523-3-e] signs an assertion for each request with a JWK for %s',
    async (algorithm) => {
      const key = generateTestKey(algorithm, 'k1');
      const client = privateKeyJwt('orders-api', key.privateJwk);
      const { header, claims, body } = await assertionOf(client, key.publicJwk);
      expect(header).toEqual({ alg: algorithm, kid: 'k1' });
      expect(claims).toEqual({
        iss: 'orders-api',
        sub: 'orders-api',
        aud: ISSUER,
        iat: NOW,
        nbf: NOW,
        exp: NOW + 60,
        jti: expect.any(String),
      });
      expect(body.get('client_id')).toBe('orders-api');
      expect(body.get('client_assertion_type')).toBe(
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      );
      const again = await assertionOf(client, key.publicJwk);
      expect(again.claims.jti).not.toBe(claims.jti);
    },
  );

  it('accepts a KeyObject, and options for audience and kid', async () => {
    const { privateKey } = generateTestKey('RS256');
    const publicJwk = createPublicKey(privateKey).export({ format: 'jwk' });
    const plain = await assertionOf(privateKeyJwt('api', privateKey), publicJwk);
    expect(plain.header).toEqual({ alg: 'RS256' });
    const client = privateKeyJwt('api', privateKey, { audience: `${ISSUER}/token`, kid: 'k2' });
    const named = await assertionOf(client, publicJwk);
    expect([named.header, named.claims.aud]).toEqual([
      { alg: 'RS256', kid: 'k2' },
      `${ISSUER}/token`,
    ]);
  });
});

describe('the audience of an assertion', () => {
  const key = generateTestKey('ES256', 'k1');
  const audience = async (options: object, server: object = {}) => {
    const { body } = await sent(privateKeyJwt('api', key.privateJwk, options), server);
    const [header = '', payload = ''] = (body.get('client_assertion') ?? '').split('.');
    const parsed = [header, payload].map((part) =>
      JSON.parse(Buffer.from(part, 'base64url').toString()),
    );
    return { typ: parsed[0].typ, aud: parsed[1].aud };
  };

  it('[RFC7523-3-b] is the issuer by default, the token endpoint on request, or any given text', async () => {
    const server = { token_endpoint: `${ISSUER}/token` };
    expect(await audience({ audience: 'issuer' }, server)).toMatchObject({ aud: ISSUER });
    expect(await audience({ audience: 'token_endpoint' }, server)).toMatchObject({
      aud: `${ISSUER}/token`,
    });
    expect(await audience({ audience: 'urn:as' }, server)).toMatchObject({ aud: 'urn:as' });
  });

  it('cannot be the token endpoint if that is not known', async () => {
    await expect(audience({ audience: 'token_endpoint' })).rejects.toThrow('not known here');
  });

  it('does not depend on typ, which is absent by default', async () => {
    const typ = 'client-authentication+jwt';
    expect(await audience({ typ })).toMatchObject({ typ });
    expect((await audience({})).typ).toBeUndefined();
  });
});

describe('the other methods', () => {
  it('present a certificate by a fetch of the application, and send the id', async () => {
    const client = tlsClientAuth('api', { fetch });
    expect([client.method, client.fetch]).toEqual(['tls_client_auth', fetch]);
    expect((await sent(client)).body.toString()).toBe('client_id=api');
    expect(() => tlsClientAuth('api', {} as never)).toThrow('fetchWithCertificate');
    expect(() => tlsClientAuth('', { fetch })).toThrow('tlsClientAuth(');
  });

  it('send a bearer token, which is read for each request', async () => {
    const tokens = ['one', 'two'];
    const client = bearerToken(() => tokens.shift() ?? '');
    expect((await sent(client)).headers.get('authorization')).toBe('Bearer one');
    expect((await sent(client)).headers.get('authorization')).toBe('Bearer two');
    expect(client.method).toBe('bearer');
    expect(() => bearerToken('token' as never)).toThrow('bearerToken(async () =>');
  });

  it('send nothing at all', async () => {
    const { body, headers } = await sent(anonymous());
    expect([body.toString(), [...headers]]).toEqual(['', []]);
  });
});

describe('the name of the method', () => {
  it('is the registered one, because servers and we decide by it', () => {
    const key = generateTestKey('ES256').privateKey;
    const made = [
      clientSecretBasic('api', 's'.repeat(32)),
      clientSecretPost('api', 's'.repeat(32)),
      privateKeyJwt('api', key),
      tlsClientAuth('api', { fetch: async () => new Response() }),
      anonymous(),
    ];
    expect(made.map(({ method }) => method)).toEqual([
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'tls_client_auth',
      'none',
    ]);
  });

  it('begins the error about a missing value, with the line to write', () => {
    const faults = [
      () => clientSecretBasic('', 's'),
      () => clientSecretPost('', 's'),
      () => privateKeyJwt('', generateTestKey('ES256').privateKey),
      () => tlsClientAuth('', { fetch: async () => new Response() }),
    ].map((make) => {
      try {
        return String(make());
      } catch (error) {
        return String(error);
      }
    });
    expect(
      faults.map((fault) => /clientSecret\w+|privateKeyJwt|tlsClientAuth/.exec(fault)?.[0]),
    ).toEqual(['clientSecretBasic', 'clientSecretPost', 'privateKeyJwt', 'tlsClientAuth']);
    expect(faults[0]).toContain("process.env.SECRET ?? ''");
    expect(faults[2]).toContain('privateJwk');
    expect(faults[3]).toContain('{ fetch: fetchWithCertificate }');
  });
});
