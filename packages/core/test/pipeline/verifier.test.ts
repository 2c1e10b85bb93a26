import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  AUDIENCE,
  aClientToken,
  aClock,
  aToken,
  compactJws,
  encoded,
  GOOD_CLAIMS,
  generateTestKey,
  ISSUER,
  issuerKey,
  jwks,
  NOW,
  publicKeyOf,
  segmentsOf,
  type TestKey,
} from '../../../../test/support/tokens.ts';
import { adapterSideOf } from '../../src/adapter/adapter-side-of.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import { createTrustedIssuer } from '../../src/issuers/trusted-issuer.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import { AuthError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import type { Principal } from '../../src/model/principal.ts';
import type { AnyResourceServerOptions } from '../../src/options/options.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { createVerifier } from '../../src/pipeline/verifier.ts';
import { custom } from '../../src/providers/custom.ts';
import type { AudienceProvider } from '../../src/providers/provider.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import { MAX_TOKEN_LENGTH } from '../../src/token/jws.ts';
import { outcomeOf, refusalOf } from '../errors-of.ts';
import { aResourceServer } from '../resource-servers.ts';

const rsaKey = generateTestKey('RS256', 'rsa-1');
const stranger = generateTestKey('ES256', 'key-1');

const server = aResourceServer();
const verify = (token: string) => outcomeOf(() => server.verify(token));

function serverWithKeys(
  keys: readonly { readonly publicJwk: object }[],
  options: Partial<AnyResourceServerOptions> = {},
) {
  const issuer = rfc9068({
    issuer: ISSUER,
    jwks: { keys: keys.map(({ publicJwk }) => publicJwk) },
  });
  return aResourceServer({ issuer, audience: AUDIENCE, ...options } as AnyResourceServerOptions);
}

/** A server with its own clock. Its events are recorded. */
function observed(options: Partial<AnyResourceServerOptions> = {}) {
  const clock = aClock();
  const events: AuthEvent[] = [];
  const watched = aResourceServer({ clock, onEvent: (event) => events.push(event), ...options });
  const hits = () =>
    events.flatMap((event) => (event.type === 'request.authenticated' ? [event.cached] : []));
  return { server: watched, clock, events, hits };
}

describe('a good token', () => {
  it('gives a user or a client', async () => {
    expect(await server.verify(aToken())).toMatchObject({
      kind: 'user',
      userId: 'ada',
      clientId: 'web-app',
      scopes: ['read:users', 'write:users'],
      expiresAt: NOW + 600,
    });
    expect(await server.verify(aClientToken())).toMatchObject({
      kind: 'client',
      clientId: 'nightly-sync',
      subject: 'nightly-sync',
    });
  });

  it('is verified without a promise for an adapter when its key is cached; the public functions give a promise', async () => {
    const request: RequestView = {
      method: 'GET',
      url: '/',
      header: () => `Bearer ${aToken()}`,
    };
    expect(adapterSideOf(server).admit(request, false)).toMatchObject({
      principal: { userId: 'ada' },
    });
    for (const answer of [
      server.verify(aToken()),
      server.authenticate(request),
      server.authenticateOptional(request),
    ]) {
      expect(answer).toBeInstanceOf(Promise);
      expect(await answer).toMatchObject({ userId: 'ada' });
    }
  });

  it('gives a frozen principal that does not show the token', async () => {
    const token = aToken({ nested: { list: [{}] } });
    const principal = await server.verify(token);
    const text = inspect(principal, { depth: 10, showHidden: true }) + JSON.stringify(principal);
    for (const part of segmentsOf(token)) expect(text).not.toContain(part);
    const { nested } = principal.claims as { nested: { list: object[] } };
    for (const each of [principal, principal.scopes, principal.audience, nested, nested.list[0]]) {
      expect(Object.isFrozen(each)).toBe(true);
    }
  });

  it('may be signed by any of several keys, which is found by its kid', async () => {
    const other = generateTestKey('ES256', 'key-2');
    const several = serverWithKeys([issuerKey, other, rsaKey]);
    for (const key of [issuerKey, other, rsaKey]) {
      expect(await several.verify(aToken({}, { key }))).toMatchObject({ userId: 'ada' });
    }
  });

  it('needs no kid if exactly one key fits its algorithm', async () => {
    const token = aToken({}, { header: { kid: undefined } });
    expect(await outcomeOf(() => serverWithKeys([issuerKey, rsaKey]).verify(token))).toBe(
      'accepted',
    );
    const two = serverWithKeys([issuerKey, generateTestKey('ES256', 'key-2')]);
    expect(await outcomeOf(() => two.verify(token))).toBe('key_unknown');
  });

  it('causes no fetch if its kid is known and the key does not verify its signature', async () => {
    let fetches = 0;
    const fetch = async () => {
      fetches += 1;
      return Response.json(jwks);
    };
    const issuer = rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` });
    const remote = aResourceServer({ issuer, audience: AUDIENCE, fetch });
    expect(await outcomeOf(() => remote.verify(aToken()))).toBe('accepted');
    const forged = aToken({}, { key: stranger });
    expect(await outcomeOf(() => remote.verify(forged))).toBe('signature_invalid');
    expect(fetches).toBe(1);
  });

  describe('without kid, of an issuer that has replaced its only key', () => {
    const kidless = (key: TestKey) => aToken({}, { key, header: { kid: undefined } });

    /** A server whose issuer publishes a different key on each fetch. */
    function rotating(...published: readonly TestKey[]) {
      let fetches = 0;
      const fetch = async () => {
        const key = published[Math.min(fetches, published.length - 1)];
        fetches += 1;
        return Response.json({ keys: [{ ...key?.publicJwk, kid: undefined }] });
      };
      const issuer = rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` });
      const rotated = aResourceServer({ issuer, audience: AUDIENCE, fetch });
      const outcome = (token: string) => outcomeOf(() => rotated.verify(token));
      return { outcome, fetches: () => fetches };
    }

    it('is accepted after one fetch, and tokens of the earlier key are refused', async () => {
      const [former, next] = [generateTestKey('ES256', 'former'), generateTestKey('ES256', 'next')];
      const { outcome, fetches } = rotating(former, next);
      expect(await outcome(kidless(former))).toBe('accepted');
      expect(await outcome(kidless(next))).toBe('accepted');
      expect(fetches()).toBe(2);
      expect(await outcome(kidless(former))).toBe('signature_invalid');
    });

    it('is tried with one other key and no more', async () => {
      const { outcome, fetches } = rotating(
        generateTestKey('ES256', '1'),
        generateTestKey('ES256', '2'),
        generateTestKey('ES256', '3'),
      );
      expect(await outcome(kidless(generateTestKey('ES256', 'of a stranger')))).toBe(
        'signature_invalid',
      );
      expect(fetches()).toBe(2);
    });

    it('is refused as signature_invalid without a fetch if keys are configured', async () => {
      expect(await outcomeOf(() => server.verify(kidless(stranger)))).toBe('signature_invalid');
    });
  });
});

describe('a refused token', () => {
  const [header, payload, signature] = segmentsOf(aToken());
  const huge = 'x'.repeat(MAX_TOKEN_LENGTH);
  it.each([
    ['no token', 'token_malformed', ''],
    ['an overlong token', 'token_too_large', aToken({ huge })],
    ['an unknown extension', 'header_unsupported', aToken({}, { header: { crit: ['x'], x: 1 } })],
    ['b64: false', 'header_unsupported', aToken({}, { header: { b64: false } })],
    ['alg none, unsigned', 'algorithm_not_allowed', `${encoded('{"alg":"none"}')}.${payload}.`],
    ['alg none, signed', 'algorithm_not_allowed', aToken({}, { header: { alg: 'none' } })],
    [
      'an algorithm that is not on',
      'algorithm_not_allowed',
      aToken({}, { header: { alg: 'ES384' } }),
    ],
    ['another issuer', 'issuer_unknown', aToken({ iss: 'https://evil.example' })],
    ['the issuer with a slash', 'issuer_unknown', aToken({ iss: `${ISSUER}/` })],
    ['no issuer', 'issuer_unknown', aToken({ iss: undefined })],
    ['a list of issuers', 'issuer_unknown', aToken({ iss: [ISSUER] })],
    ['an unknown kid', 'key_unknown', aToken({}, { header: { kid: 'key-2' } })],
    ['an empty kid', 'key_unknown', aToken({}, { header: { kid: '' } })],
    ['kid __proto__', 'key_unknown', aToken({}, { header: { kid: '__proto__' } })],
    ['a key that is of another type', 'key_unknown', aToken({}, { header: { alg: 'RS256' } })],
    ['a stranger’s signature', 'signature_invalid', aToken({}, { key: stranger })],
    ['no signature', 'signature_invalid', `${header}.${payload}.`],
    ['a short signature', 'signature_invalid', `${header}.${payload}.${signature.slice(0, 84)}`],
    [
      'other claims',
      'signature_invalid',
      `${header}.${encoded(`{"iss":"${ISSUER}"}`)}.${signature}`,
    ],
    ['typ JWT, an ID token', 'type_not_accepted', aToken({}, { header: { typ: 'JWT' } })],
    ['no typ', 'type_not_accepted', aToken({}, { header: { typ: undefined } })],
    ['a malformed claim', 'claim_malformed', aToken({ exp: `${NOW + 600}` })],
    ['a missing claim', 'claim_missing', aToken({ jti: undefined })],
    ['no exp', 'claim_missing', aToken({ exp: undefined })],
    ['another audience', 'audience_mismatch', aToken({ aud: 'https://other.example' })],
    ['an old token', 'expired', aToken({ exp: NOW - 5 })],
    ['an early token', 'not_yet_valid', aToken({ nbf: NOW + 6 })],
    ['neither user nor client', 'principal_ambiguous', aClientToken({ auth_time: NOW })],
    ['scopes as a number', 'claim_malformed', aToken({ scope: 7 })],
    ['an id without UTF-8', 'claim_malformed', aToken({ sub: 'a\ud800' })],
    ['a bound token', 'sender_constraint_unsupported', aToken({ cnf: { jkt: 'x' } })],
    ['an empty cnf', 'sender_constraint_unsupported', aToken({ cnf: null })],
  ])('%s: %s', async (_what, reason, token) => {
    expect(await verify(token)).toBe(reason);
  });

  it('names its issuer if that is known, and not before', async () => {
    const late = await refusalOf(() => server.verify(aToken({ exp: 0 })));
    const early = await refusalOf(() => server.verify(aToken({ iss: 'https://x' })));
    expect(late.issuerName).toBe(ISSUER);
    expect(early.issuerName).toBeUndefined();
    const unknownKey = await refusalOf(() => server.verify(aToken({}, { header: { kid: 'x' } })));
    expect(unknownKey.issuerName).toBe(ISSUER);
  });

  it('is refused for its signature before any claim is checked', async () => {
    const claims = { exp: 0, aud: 'elsewhere', cnf: {} };
    expect(await verify(aToken(claims, { key: stranger }))).toBe('signature_invalid');
  });

  it('causes no search for a key if its algorithm is not accepted', async () => {
    const only = serverWithKeys([rsaKey, issuerKey], { algorithms: ['RS256'] });
    expect(await outcomeOf(() => only.verify(aToken({}, { key: rsaKey })))).toBe('accepted');
    expect(await outcomeOf(() => only.verify(aToken()))).toBe('algorithm_not_allowed');
    const unknown = aToken({}, { header: { kid: 'nowhere' } });
    expect(await outcomeOf(() => only.verify(unknown))).toBe('algorithm_not_allowed');
  });

  it('is refused in the same way if it is not a string', async () => {
    for (const token of [undefined, null, 7, {}, [aToken()], Buffer.from(aToken())]) {
      expect(await verify(token as string)).toBe('token_malformed');
    }
  });
});

describe('algorithm and key confusion', () => {
  const publicKey = publicKeyOf(rsaKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  it.each([
    ['PEM', publicKey.export({ format: 'pem', type: 'spki' })],
    [
      'PEM without its last line break',
      publicKey.export({ format: 'pem', type: 'spki' }).toString().trimEnd(),
    ],
    ['PKCS #1', publicKey.export({ format: 'pem', type: 'pkcs1' })],
    ['DER', spki],
    ['base64', spki.toString('base64')],
    ['the JWK', JSON.stringify(rsaKey.publicJwk)],
    ['the modulus', Buffer.from(String(rsaKey.publicJwk['n']), 'base64url')],
    ['nothing', ''],
  ])('the public key as %s is not accepted as an HMAC secret', async (_what, secret) => {
    const rsaOnly = serverWithKeys([rsaKey]);
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const input = `${encoded(JSON.stringify({ alg, typ: 'at+jwt', kid: 'rsa-1' }))}.${encoded(JSON.stringify(GOOD_CLAIMS))}`;
      const mac = createHmac(`sha${alg.slice(2)}`, secret)
        .update(input)
        .digest('base64url');
      expect(await outcomeOf(() => rsaOnly.verify(`${input}.${mac}`))).toBe(
        'algorithm_not_allowed',
      );
    }
  });

  it('a key is used only for the algorithm that its provider states', async () => {
    const pss: TestKey = { ...rsaKey, algorithm: 'PS256' };
    const stated = serverWithKeys([rsaKey]);
    expect(await outcomeOf(() => stated.verify(aToken({}, { key: pss })))).toBe('key_unknown');
    const { alg: _, ...publicJwk } = rsaKey.publicJwk;
    const open = serverWithKeys([{ publicJwk }]);
    expect(await outcomeOf(() => open.verify(aToken({}, { key: pss })))).toBe('accepted');
  });

  it('a signature is not accepted under the name of another algorithm', async () => {
    const { alg: _, ...publicJwk } = rsaKey.publicJwk;
    const open = serverWithKeys([{ publicJwk }]);
    expect(
      await outcomeOf(() => open.verify(aToken({}, { key: rsaKey, header: { alg: 'PS256' } }))),
    ).toBe('signature_invalid');
  });

  it('Ed25519 is another name for EdDSA', async () => {
    const key = generateTestKey('EdDSA', 'ed');
    const ed = serverWithKeys([key]);
    expect(await outcomeOf(() => ed.verify(aToken({}, { key })))).toBe('accepted');
    expect(await outcomeOf(() => ed.verify(aToken({}, { key, header: { alg: 'Ed25519' } })))).toBe(
      'accepted',
    );
    expect(await outcomeOf(() => ed.verify(aToken({}, { key, header: { alg: 'Ed448' } })))).toBe(
      'algorithm_not_allowed',
    );
  });

  it.each([
    ['jwk', { jwk: stranger.publicJwk }],
    ['jku', { jku: 'https://evil.example/jwks' }],
    ['x5u', { x5u: 'https://evil.example/cert' }],
    [
      'x5c',
      { x5c: [publicKeyOf(stranger).export({ format: 'der', type: 'spki' }).toString('base64')] },
    ],
  ])('%s in the header is not used as a key, and causes no request', async (_what, header) => {
    const requests: unknown[] = [];
    const offline = aResourceServer({
      fetch: async (url) => {
        requests.push(url);
        throw new Error('offline');
      },
    });
    for (const iss of [ISSUER, 'https://evil.example']) {
      const forged = aToken({ iss }, { header, key: stranger });
      expect(await outcomeOf(() => offline.verify(forged))).toMatch(
        /signature_invalid|issuer_unknown/,
      );
    }
    expect(await outcomeOf(() => offline.verify(aToken({}, { header })))).toBe('accepted');
    expect(requests).toEqual([]);
  });

  it('keys of one issuer do not verify tokens of another', async () => {
    const other = 'https://other.example.com';
    const otherKey = generateTestKey('ES256', 'key-1');
    const both = aResourceServer({
      issuers: [
        { ...rfc9068({ issuer: ISSUER, jwks }), audience: AUDIENCE },
        { ...rfc9068({ issuer: other, jwks: { keys: [otherKey.publicJwk] } }), audience: 'urn:b' },
      ],
    });
    const outcome = (claims: object, key: TestKey = issuerKey) =>
      outcomeOf(() => both.verify(aToken({ ...claims }, { key })));
    expect(await outcome({})).toBe('accepted');
    expect(await outcome({ iss: other, aud: 'urn:b' }, otherKey)).toBe('accepted');
    expect(await outcome({ iss: other, aud: 'urn:b' })).toBe('signature_invalid');
    expect(await outcome({}, otherKey)).toBe('signature_invalid');
    // A token of one issuer for the audience of the other one is refused.
    expect(await outcome({ aud: 'urn:b' })).toBe('audience_mismatch');
    expect(await outcome({ iss: other }, otherKey)).toBe('audience_mismatch');
  });
});

describe('unusual JSON', () => {
  it('of a claim that occurs twice, the last one counts, for the checks and for the principal', async () => {
    const text = JSON.stringify(GOOD_CLAIMS).slice(0, -1);
    const repeated = compactJws(
      '{"alg":"ES256","typ":"at+jwt","kid":"key-1"}',
      `${text},"sub":"eve"}`,
      issuerKey,
    );
    expect(await server.verify(repeated)).toMatchObject({ userId: 'eve', claims: { sub: 'eve' } });
    const other = compactJws(
      '{"alg":"ES256","typ":"at+jwt","kid":"key-1"}',
      `${text},"iss":"https://evil.example"}`,
      issuerKey,
    );
    expect(await verify(other)).toBe('issuer_unknown');
  });

  it('__proto__ does not give a token a claim that it does not have', async () => {
    const { exp: _, ...rest } = GOOD_CLAIMS;
    const text = `${JSON.stringify(rest).slice(0, -1)},"__proto__":{"exp":${NOW + 600}}}`;
    const header = '{"alg":"ES256","typ":"at+jwt","kid":"key-1"}';
    expect(await verify(compactJws(header, text, issuerKey))).toBe('claim_missing');
    const typeless = `{"alg":"ES256","kid":"key-1","__proto__":{"typ":"at+jwt"}}`;
    expect(await verify(compactJws(typeless, JSON.stringify(GOOD_CLAIMS), issuerKey))).toBe(
      'type_not_accepted',
    );
  });

  it('members of Object.prototype are not read as claims or headers', async () => {
    const pollution = { exp: NOW + 600, cnf: { jkt: 'x' }, scope: 'admin', act: { sub: 'eve' } };
    const { exp: _, scope: __, ...bare } = GOOD_CLAIMS;
    const token = aToken({ scope: undefined });
    const timeless = compactJws(
      '{"alg":"ES256","typ":"at+jwt","kid":"key-1"}',
      JSON.stringify(bare),
      issuerKey,
    );
    Object.assign(Object.prototype, pollution);
    try {
      expect(await verify(timeless)).toBe('claim_missing');
      const principal = await server.verify(token);
      expect(principal).toMatchObject({ scopes: [], confirmation: undefined });
      expect(principal.actor).toBeUndefined();
    } finally {
      for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name);
    }
  });
});

describe('the verified-token cache', () => {
  it('gives the same principal for a token that was verified before', async () => {
    const { server: watched, hits } = observed();
    const token = aToken();
    const first = await watched.verify(token);
    expect(await watched.verify(`${token}`)).toBe(first);
    expect(hits()).toEqual([false, true]);
  });

  it('can be switched off', async () => {
    const { server: watched, hits } = observed({ cache: false });
    const token = aToken();
    await watched.verify(token);
    await watched.verify(token);
    expect(hits()).toEqual([false, false]);
  });

  it('does not keep a token beyond its exp', async () => {
    const { server: watched, clock } = observed();
    const token = aToken();
    await watched.verify(token);
    clock.advanceSec(604);
    expect(await outcomeOf(() => watched.verify(token))).toBe('accepted');
    clock.advanceSec(1);
    expect(await outcomeOf(() => watched.verify(token))).toBe('expired');
    expect(await outcomeOf(() => watched.verify(token))).toBe('expired');
  });

  it('checks nbf again after the clock was set back', async () => {
    const { server: watched, clock } = observed();
    const token = aToken({ nbf: NOW });
    await watched.verify(token);
    clock.advanceSec(-6);
    expect(await outcomeOf(() => watched.verify(token))).toBe('not_yet_valid');
    clock.advanceSec(6);
    expect(await outcomeOf(() => watched.verify(token))).toBe('accepted');
  });

  it('compares the whole token, not just the end of its signature', async () => {
    const { server: watched } = observed();
    const token = aToken();
    await watched.verify(token);
    const [header, payload, signature] = segmentsOf(token);
    const forgedClaims = encoded(JSON.stringify({ ...GOOD_CLAIMS, sub: 'admin' }));
    const other = signature.startsWith('A') ? 'B' : 'A';
    for (const forged of [
      `${header}.${forgedClaims}.${signature}`,
      `${header}.${payload}.${other}${signature.slice(1)}`,
      `${encoded('{"alg":"ES256","typ":"at+jwt","kid":"key-1","x":1}')}.${payload}.${signature}`,
    ]) {
      expect(await outcomeOf(() => watched.verify(forged))).toBe('signature_invalid');
      expect(await outcomeOf(() => watched.verify(token))).toBe('accepted');
    }
  });

  it('does not keep refused tokens', async () => {
    const { server: watched, clock } = observed();
    const token = aToken({ nbf: NOW + 60 });
    expect(await outcomeOf(() => watched.verify(token))).toBe('not_yet_valid');
    clock.advanceSec(60);
    expect(await outcomeOf(() => watched.verify(token))).toBe('accepted');
  });

  it('belongs to one server: a server with other options does not use it', async () => {
    const token = aToken();
    await server.verify(token);
    const elsewhere = aResourceServer({ audience: 'https://other.example' });
    expect(await outcomeOf(() => elsewhere.verify(token))).toBe('audience_mismatch');
  });

  it('does not accept tokens of a withdrawn key', async () => {
    let published: readonly TestKey[] = [issuerKey];
    const issuer = rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` });
    const body = () => JSON.stringify({ keys: published.map(({ publicJwk }) => publicJwk) });
    const {
      server: watched,
      clock,
      hits,
    } = observed({
      issuer,
      fetch: async () => new Response(body()),
    });
    const token = aToken({ exp: NOW + 86_400 });
    expect(await outcomeOf(() => watched.verify(token))).toBe('accepted');
    expect(await outcomeOf(() => watched.verify(token))).toBe('accepted');
    expect(hits().filter(Boolean)).toHaveLength(1);
    published = [generateTestKey('ES256', 'key-2')];
    clock.advanceSec(601);
    expect(await outcomeOf(() => watched.verify(token))).toBe('key_unknown');
    // When the key is published again, the token is verified again: the cached token stays removed.
    published = [issuerKey];
    clock.advanceSec(601);
    expect(await outcomeOf(() => watched.verify(token))).toBe('accepted');
    expect(hits().filter(Boolean)).toHaveLength(1);
  });

  it('is empty after close', async () => {
    const { server: watched, hits } = observed();
    const token = aToken();
    await watched.verify(token);
    watched.close();
    await watched.verify(token);
    expect(hits()).toEqual([false, false]);
  });
});

describe('requests at the same time', () => {
  it('each get their own principal, also while a claims schema is awaited', async () => {
    const schema = z.object({ sub: z.string() }).refine(async () => true);
    const slow = aResourceServer({ claims: schema });
    const users = Array.from({ length: 200 }, (_, index) => `user-${index % 100}`);
    const principals = await Promise.all(users.map((sub) => slow.verify(aToken({ sub }))));
    const ids = principals.map((principal) => principal.kind === 'user' && principal.userId);
    expect(ids).toEqual(users);
  });
});

describe('the claims schema', () => {
  function schemaOf(validate: StandardSchemaV1['~standard']['validate']): StandardSchemaV1 {
    return { '~standard': { version: 1, vendor: 'test', validate } };
  }
  const outcomeWith = (schema: StandardSchemaV1, token = aToken()) =>
    outcomeOf(() => aResourceServer({ claims: schema }).verify(token));

  it('makes principal.claims, and no other member of the principal', async () => {
    const schema = z.object({ sub: z.string() }).transform(() => ({ sub: 'admin', scope: 'all' }));
    const principal = await aResourceServer({ claims: schema }).verify(aToken());
    expect(principal).toMatchObject({
      userId: 'ada',
      scopes: ['read:users', 'write:users'],
      claims: { sub: 'admin', scope: 'all' },
    });
  });

  it('refuses a token that it does not accept, with and without a promise', async () => {
    expect(await outcomeWith(z.object({ tenant: z.string() }))).toBe('claims_rejected');
    expect(await outcomeWith(z.object({}).refine(async () => false))).toBe('claims_rejected');
  });

  it('is not called for tokens that are refused before', async () => {
    let asked = 0;
    const counting = aResourceServer({
      claims: schemaOf((value) => {
        asked += 1;
        return { value };
      }),
    });
    await outcomeOf(() => counting.verify(aToken({}, { key: stranger })));
    await outcomeOf(() => counting.verify(aToken({ exp: 0 })));
    expect(asked).toBe(0);
    await counting.verify(aToken());
    expect(asked).toBe(1);
  });

  it.each([
    ['an Error', new Error('a bug')],
    ['an AuthError', new AuthError('scope_missing')],
    ['text', 'a bug'],
  ])(
    'makes an error of the schema an outage, not a fault of the token: %s',
    async (_what, fault) => {
      const throwing = schemaOf(() => {
        throw fault;
      });
      const rejecting = schemaOf(() => Promise.reject(fault));
      for (const schema of [throwing, rejecting]) {
        const error = await refusalOf(() => aResourceServer({ claims: schema }).verify(aToken()));
        expect(error).toMatchObject({
          reason: 'claims_check_failed',
          code: 'temporarily_unavailable',
          issuerName: ISSUER,
          cause: fault,
        });
      }
    },
  );

  it('refuses the token when the result does not follow the standard', async () => {
    const thenable = Object.fromEntries([
      ['then', (resolve: (result: unknown) => void) => resolve({})],
    ]);
    for (const answer of [thenable, {}, { value: 'text' }]) {
      expect(await outcomeWith(schemaOf(() => answer as never))).toBe('claims_rejected');
    }
    expect(await outcomeWith(schemaOf(() => undefined as never))).toBe('claims_check_failed');
  });
});

describe('a provider that the operator wrote', () => {
  function outcomeFor(provider: AudienceProvider, token = aToken()): Promise<string> {
    const options = { issuer: provider, audience: AUDIENCE } as const;
    return outcomeOf(() => aResourceServer(options).verify(token));
  }

  it('whose rule throws causes an outage (503)', async () => {
    const fault = new Error('a bug');
    const classify = () => {
      throw fault;
    };
    const issuer = custom({ issuer: ISSUER, jwks, classify });
    const error = await refusalOf(() =>
      aResourceServer({ issuer, audience: AUDIENCE }).verify(aToken()),
    );
    expect(error).toMatchObject({ reason: 'classification_failed', cause: fault });
  });

  it('whose other functions throw causes an outage (503) as well', async () => {
    const broken = () => {
      throw new Error('a bug');
    };
    const classify = () => 'user' as const;
    for (const part of [{ scopes: broken }, { roles: broken }, { accepts: broken }]) {
      expect(await outcomeFor(custom({ issuer: ISSUER, jwks, classify, ...part }))).toBe(
        'classification_failed',
      );
    }
  });

  it('for many issuers is found by its own rule, and may restrict keys to issuers', async () => {
    const bound = { ...issuerKey.publicJwk, issuer: 'https://as.example.com/a' };
    const provider: AudienceProvider = {
      ...custom({ issuer: ISSUER, jwks: { keys: [bound] }, classify: () => 'user' }),
      names: ({ iss }) => iss?.startsWith(`${ISSUER}/`) === true,
      keyServes: (keyIssuer, { iss }) => keyIssuer === iss,
    };
    const token = (iss: string) => aToken({ iss });
    expect(await outcomeFor(provider, token(`${ISSUER}/a`))).toBe('accepted');
    expect(await outcomeFor(provider, token(`${ISSUER}/b`))).toBe('key_unknown');
    // The provider's own identifier is not one of the issuers that it accepts.
    expect(await outcomeFor(provider, token(ISSUER))).toBe('issuer_unknown');
  });
});

describe('no error contains anything of a token', () => {
  const marker = 'sEcReT';
  const marked = { sub: marker, iss: ISSUER, tenant: marker };
  const tokens: readonly (readonly [string, string])[] = [
    ['malformed', `${aToken(marked)}.`],
    [
      'not JSON',
      compactJws('{"alg":"ES256","typ":"at+jwt","kid":"key-1"}', `{"sub":"${marker}`, issuerKey),
    ],
    ['of a strange algorithm', aToken({}, { header: { alg: marker } })],
    ['of a strange issuer', aToken({ iss: marker })],
    ['of a strange key', aToken({}, { header: { kid: marker } })],
    ['forged', aToken(marked, { key: stranger })],
    ['of a strange type', aToken(marked, { header: { typ: marker } })],
    ['for another', aToken({ ...marked, aud: marker })],
    ['old', aToken({ ...marked, exp: 0 })],
    ['malformed in a claim', aToken({ ...marked, jti: [marker] })],
    ['ambiguous', aToken({ sub: marker, client_id: marker, auth_time: marker })],
    ['refused by the schema', aToken(marked)],
    ['bound', aToken({ cnf: { jkt: marker } })],
  ];

  it.each(tokens)('%s', async (_what, token) => {
    const events: AuthEvent[] = [];
    const watched = aResourceServer({
      claims: z.looseObject({ tenant: z.literal('acme').optional() }),
      onEvent: (event) => events.push(event),
    });
    const error = await refusalOf(() => watched.verify(token));
    const { headers, body } = watched.refusal(error);
    const shown = [
      inspect(error, { depth: 10, showHidden: true }),
      String(error.stack),
      JSON.stringify(error),
      inspect(headers),
      body,
      JSON.stringify(events),
    ].join('\n');
    expect(events.map(({ type }) => type)).toContain('request.refused');
    expect(shown).not.toContain(marker);
    for (const part of token.split('.')) {
      if (part !== '') expect(shown).not.toContain(part);
    }
  });
});

describe('a signature', () => {
  it('of a second token with the same content is verified, too, although the first token is cached', async () => {
    const [one, two] = [aToken(), aToken()];
    expect(segmentsOf(one).slice(0, 2)).toEqual(segmentsOf(two).slice(0, 2));
    expect(one).not.toBe(two);
    const { server: watched, hits } = observed();
    const principals: Principal<unknown>[] = [];
    for (const token of [one, two, one, two]) principals.push(await watched.verify(token));
    expect(hits()).toEqual([false, false, true, true]);
    expect(principals[2]).toBe(principals[0]);
  });
});

describe('a verifier', () => {
  const options = {
    cache: undefined,
    claims: undefined,
    clock: aClock(),
    clockToleranceSec: 5,
    signatureThread: false,
    dpop: undefined,
    mtls: undefined,
    events: createEventSink(),
  };

  it('works without a cache', () => {
    const issuers = {
      find: () => undefined,
      isCurrent: () => true,
      ready: async () => {},
      close() {},
    };
    expect(() => createVerifier(issuers, options).close()).not.toThrow();
  });

  it('does not turn an error that is not a refusal into one', async () => {
    const bug = new TypeError('a bug below');
    const keySet = {
      find: () => Promise.reject(bug),
      isLive: () => false,
      ready: async () => {},
      close() {},
    };
    const issuer = { ...anIssuer(), keySet };
    const issuers = {
      find: () => issuer,
      isCurrent: () => true,
      ready: async () => {},
      close() {},
    };
    const error = await Promise.resolve(
      createVerifier(issuers, options).verify({
        token: aToken(),
        scheme: 'bearer',
        request: undefined,
      }),
    ).catch((reason: unknown) => reason);
    expect(error).toBe(bug);
  });

  function anIssuer() {
    const resolved = resolveOptions({
      issuer: rfc9068({ issuer: ISSUER, jwks }),
      audience: AUDIENCE,
    });
    return createTrustedIssuer(
      { provider: rfc9068({ issuer: ISSUER, jwks }), audience: [AUDIENCE] },
      resolved,
    );
  }
});
