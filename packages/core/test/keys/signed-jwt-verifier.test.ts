import { describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  aClock,
  aToken,
  compactJws,
  generateTestKey,
  ISSUER,
  issuerKey,
  jwks,
  NOW,
} from '../../../../test/support/tokens.ts';
import {
  createSignedJwtVerifier,
  type SignedJwtVerifierOptions,
} from '../../src/keys/signed-jwt-verifier.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { outcomeOf } from '../errors-of.ts';

const CLAIMS = { iss: ISSUER, aud: AUDIENCE, iat: NOW, jti: 'e1', events: { 'urn:x': {} } };

function aVerifier(options: Partial<SignedJwtVerifierOptions> = {}) {
  return createSignedJwtVerifier({
    issuer: ISSUER,
    typ: 'secevent+jwt',
    keys: { jwks },
    clock: aClock(),
    ...options,
  });
}

function anEvent(claims: object = {}, header: object = {}, key = issuerKey): string {
  const parameters = { alg: key.algorithm, kid: key.kid, typ: 'secevent+jwt', ...header };
  return compactJws(parameters, { ...CLAIMS, ...claims }, key);
}

/** Claims as JSON text, because an object cannot have a member twice. */
function anEventOf(members: string): string {
  const header = { alg: issuerKey.algorithm, kid: issuerKey.kid, typ: 'secevent+jwt' };
  return compactJws(header, `{"iss":"${ISSUER}",${members}}`, issuerKey);
}

function aTwiceTypedEvent(): string {
  const { algorithm, kid } = issuerKey;
  const header = `{"alg":"${algorithm}","kid":"${kid}","typ":"secevent+jwt","typ":"secevent+jwt"}`;
  return compactJws(header, CLAIMS, issuerKey);
}

const outcome = (jwt: string, options?: Partial<SignedJwtVerifierOptions>) =>
  outcomeOf(() => aVerifier(options).verify(jwt));

describe('a signed JWT', () => {
  it('gives header and claims, frozen, and no principal', async () => {
    const jwt = await aVerifier().verify(anEvent());
    expect(jwt).toEqual({
      header: { alg: 'ES256', kid: issuerKey.kid, typ: 'secevent+jwt' },
      claims: CLAIMS,
    });
    for (const each of [jwt, jwt.claims, jwt.claims['events']]) {
      expect(Object.isFrozen(each)).toBe(true);
    }
  });

  it.each(['secevent+jwt', 'SecEvent+JWT', 'application/secevent+jwt'])(
    'may write its type as a media type: %s (RFC 7515 §4.1.9)',
    async (typ) => {
      expect(await outcome(anEvent({}, { typ }))).toBe('accepted');
      expect(await outcome(anEvent(), { typ: ['logout+jwt', typ] })).toBe('accepted');
    },
  );

  it('needs neither exp nor our aud; exp and nbf are checked if they are there', async () => {
    expect(await outcome(anEvent({ exp: undefined, aud: 'x' }))).toBe('accepted');
    expect(await outcome(anEvent({ exp: NOW - 4, nbf: NOW + 5 }))).toBe('accepted');
    expect(await outcome(anEvent({ exp: NOW - 5 }))).toBe('expired');
    expect(await outcome(anEvent({ nbf: NOW + 6 }))).toBe('not_yet_valid');
    expect(await outcome(anEvent({ exp: NOW - 5 }), { clockToleranceSec: 6 })).toBe('accepted');
  });

  it.each([
    ['an access token', aToken(), 'type_not_accepted'],
    ['one without typ', anEvent({}, { typ: undefined }), 'type_not_accepted'],
    ['a longer typ', anEvent({}, { typ: 'secevent+jwt+x' }), 'type_not_accepted'],
    ['another issuer', anEvent({ iss: `${ISSUER}/` }), 'issuer_unknown'],
    ['no issuer', anEvent({ iss: undefined }), 'issuer_unknown'],
    ['a list of issuers', anEvent({ iss: [ISSUER] }), 'issuer_unknown'],
    ['a claim twice', anEventOf('"iat":1,"iat":1'), 'token_malformed'],
    ['a member twice below', anEventOf('"events":{"a":{},"a":{}}'), 'token_malformed'],
    ['a header with typ twice', aTwiceTypedEvent(), 'token_malformed'],
    ['exp as text', anEvent({ exp: '1' }), 'claim_malformed'],
    ['nbf as text', anEvent({ nbf: '1' }), 'claim_malformed'],
    ['iat as text', anEvent({ iat: '1' }), 'claim_malformed'],
    ['an unknown key', anEvent({}, { kid: 'other' }), 'key_unknown'],
    [
      'another key under our kid',
      anEvent({}, {}, generateTestKey('ES256', issuerKey.kid)),
      'signature_invalid',
    ],
    [
      'another key without kid',
      anEvent({}, { kid: undefined }, generateTestKey('ES256')),
      'signature_invalid',
    ],
    [
      'another algorithm than the signature',
      anEvent({}, { alg: 'ES384' }),
      'algorithm_not_allowed',
    ],
    ['no algorithm', anEvent({}, { alg: 'none' }), 'algorithm_not_allowed'],
    ['an extension', anEvent({}, { crit: ['x'] }), 'header_unsupported'],
    [
      'claims that are too deep',
      anEvent({ deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) }),
      'token_malformed',
    ],
    ['text', 'x', 'token_malformed'],
    ['nothing', undefined as never, 'token_malformed'],
  ])('is refused: %s', async (_name, jwt, reason) => {
    expect(await outcome(jwt)).toBe(reason);
  });

  it('without kid is accepted if exactly one key fits', async () => {
    expect(await outcome(anEvent({}, { kid: undefined }))).toBe('accepted');
    const beside = (algorithm: 'ES256' | 'RS256') => ({
      jwks: { keys: [issuerKey.publicJwk, generateTestKey(algorithm, 'other').publicJwk] },
    });
    const kidless = anEvent({}, { kid: undefined });
    expect(await outcome(kidless, { keys: beside('RS256') })).toBe('accepted');
    // OpenID Connect Core §10.1: of a set with several keys, a signer names the one that it used.
    const two = beside('ES256');
    expect(await outcome(kidless, { keys: two })).toBe('key_unknown');
    expect(await outcome(anEvent(), { keys: two })).toBe('accepted');
  });

  it('is accepted only with the configured algorithms', async () => {
    expect(await outcome(anEvent(), { algorithms: ['RS256'] })).toBe('algorithm_not_allowed');
    expect(await outcome(anEvent(), { algorithms: ['ES256'] })).toBe('accepted');
  });

  it('needs no typ if null is among the types, and is refused with another type', async () => {
    const typ = ['logout+jwt', 'JWT', null];
    expect(await outcome(anEvent({}, { typ: undefined }), { typ })).toBe('accepted');
    expect(await outcome(anEvent({}, { typ: 'jwt' }), { typ })).toBe('accepted');
    expect(await outcome(anEvent(), { typ })).toBe('type_not_accepted');
    expect(await outcome(anEvent({}, { typ: '' }), { typ })).toBe('type_not_accepted');
    expect(await outcome(anEvent({}, { typ: 'null' }), { typ })).toBe('type_not_accepted');
  });

  it('may have the maximum length, and not more', async () => {
    const long = anEvent({ padding: 'x'.repeat(20_000) });
    expect(await outcome(long)).toBe('token_too_large');
    expect(await outcome(long, { maxLength: long.length })).toBe('accepted');
    expect(await outcome(long, { maxLength: long.length - 1 })).toBe('token_too_large');
  });

  it('with an unknown key is refused only if the keys were fetched for it; otherwise that is an outage', async () => {
    const verifier = aVerifier({
      keys: { jwksUri: `${ISSUER}/jwks` },
      fetch: async () => Response.json(jwks),
    });
    const named = (kid: string) => outcomeOf(() => verifier.verify(anEvent({}, { kid })));
    // The first one is made before there are keys, which does not count as a search for this key.
    for (const kid of ['a', 'b', 'c', 'd']) expect(await named(kid)).toBe('key_unknown');
    expect(await named('e')).toBe('keys_unavailable');
    expect(await outcomeOf(() => verifier.verify(anEvent()))).toBe('accepted');
  });

  it.each([
    ['without a kid', undefined],
    ['under the same kid', issuerKey.kid],
  ])(
    'has a wrong signature only if the keys were fetched again; otherwise it causes an outage, because its key may have been replaced %s',
    async (_how, kid) => {
      const next = generateTestKey('ES256', 'next');
      const world = { now: NOW * 1_000, keys: jwks, fetches: 0 };
      const verifier = aVerifier({
        keys: { jwksUri: `${ISSUER}/jwks` },
        clock: { now: () => world.now },
        fetch: async () => {
          world.fetches += 1;
          return Response.json(world.keys);
        },
      });
      const nameless = (key = issuerKey) =>
        outcomeOf(() => verifier.verify(anEvent({}, { kid }, key)));
      const forger = generateTestKey('ES256');
      for (let n = 0; n < 3; n += 1) expect(await nameless(forger)).toBe('signature_invalid');
      expect(world.fetches).toBe(1 + 3);
      world.keys = { keys: [{ ...next.publicJwk, kid: issuerKey.kid }] };
      expect(await nameless(next)).toBe('keys_unavailable');
      for (let n = 0; n < 50; n += 1) expect(await nameless(forger)).toBe('keys_unavailable');
      expect(world.fetches).toBe(1 + 3);
      expect(await nameless()).toBe('accepted');
      world.now += 5_000;
      expect(await nameless(next)).toBe('accepted');
      expect(world.fetches).toBe(1 + 3 + 1);
      expect(await nameless(forger)).toBe('keys_unavailable');
      world.now += 5_000;
      expect(await nameless(forger)).toBe('signature_invalid');
      expect(world.fetches).toBe(1 + 3 + 2);
    },
  );

  it('is not refused where its kid was one of a key for another algorithm: the keys are fetched again, as often as for any kid', async () => {
    const next = generateTestKey('RS256', issuerKey.kid);
    const world = { now: NOW * 1_000, keys: jwks, fetches: 0 };
    const verifier = aVerifier({
      keys: { jwksUri: `${ISSUER}/jwks` },
      clock: { now: () => world.now },
      fetch: async () => {
        world.fetches += 1;
        return Response.json(world.keys);
      },
    });
    const signed = (key = issuerKey) => outcomeOf(() => verifier.verify(anEvent({}, {}, key)));
    expect(await signed()).toBe('accepted');
    for (let n = 0; n < 3; n += 1) expect(await signed(next)).toBe('key_unknown');
    world.keys = { keys: [next.publicJwk] };
    for (let n = 0; n < 50; n += 1) expect(await signed(next)).toBe('keys_unavailable');
    expect(world.fetches).toBe(1 + 3);
    world.now += 5_000;
    expect(await signed(next)).toBe('accepted');
    expect(world.fetches).toBe(1 + 3 + 1);
  });

  it('causes an outage when there are no keys', async () => {
    const down = { fetch: () => Promise.reject(new Error('down')) } as const;
    expect(await outcome(anEvent(), { keys: 'discovery', ...down })).toBe('keys_unavailable');
  });
});

describe('its keys', () => {
  it('are found by metadata or by their URL', async () => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      const path = new URL(String(url)).pathname;
      if (path === '/jwks') return Response.json(jwks);
      if (path.endsWith('openid-configuration')) return new Response('', { status: 404 });
      return Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` });
    };
    const events: AuthEvent[] = [];
    const found = aVerifier({
      keys: undefined as never,
      fetch: fetch as typeof globalThis.fetch,
      onEvent: (event) => events.push(event),
      keyOptions: { freshForSec: 60 },
    });
    await found.ready();
    await found.verify(anEvent());
    const given = aVerifier({
      keys: { jwksUri: `${ISSUER}/jwks` },
      fetch: fetch as typeof globalThis.fetch,
    });
    await given.verify(anEvent());
    expect(asked).toEqual([
      `${ISSUER}/.well-known/openid-configuration`,
      `${ISSUER}/.well-known/oauth-authorization-server`,
      `${ISSUER}/jwks`,
      `${ISSUER}/jwks`,
    ]);
    expect(events).toEqual([{ type: 'keys.refreshed', issuer: ISSUER, keys: 1 }]);
    found.close();
    await expect(given.ready({ signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe('its keys, from a preset', () => {
  it('come from the place that the preset names', async () => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return String(url).endsWith('/keys')
        ? Response.json(jwks)
        : Response.json({ issuer: ISSUER, jwks_uri: 'http://keycloak:8080/keys' });
    };
    const documents = ['http://keycloak:8080/metadata'];
    const keys = { kind: 'discovery', documents } as const;
    expect(await outcome(anEvent(), { keys, fetch, allowHttp: ['keycloak'] })).toBe('accepted');
    expect(asked).toEqual(['http://keycloak:8080/metadata', 'http://keycloak:8080/keys']);
    expect(() => aVerifier({ keys, fetch })).toThrow('https');
  });
});

describe('its options', () => {
  it.each([
    [{ issuer: '' }, 'needs the issuer'],
    [{ typ: '' }, "typ: 'secevent+jwt'"],
    [{ typ: [] }, "typ: 'secevent+jwt'"],
    [{ typ: undefined }, "typ: 'secevent+jwt'"],
    [{ typ: ['a', 7] }, "typ: 'secevent+jwt'"],
    [{ typ: null }, "typ: 'secevent+jwt'"],
    [{ typ: [null] }, "typ: 'secevent+jwt'"],
    [{ maxLength: 1_023 }, 'from 1024 to 65536'],
    [{ maxLength: 65_537 }, 'from 1024 to 65536'],
    [{ maxLength: 2_000.5 }, 'from 1024 to 65536'],
    [{ allowHttp: 'keycloak' }, "allowHttp: ['keycloak'"],
    [{ allowHttp: ['http://keycloak'] }, "allowHttp: ['keycloak'"],
    [{ keys: { kind: 'other' } }, 'kind'],
    [{ keys: {} }, 'keys: { jwksUri'],
    [{ keys: 'jwks' }, 'keys: { jwksUri'],
    [{ keys: null }, 'keys: { jwksUri'],
    [{ keys: { jwks, jwksUri: 'https://x.example.com' } }, 'keys: { jwksUri'],
    [{ keys: { jwksUri: 'http://x.example.com' } }, 'https'],
    [{ keys: 'discovery', issuer: 'acme' }, 'an issuer that is a URL'],
    [{ keys: { jwks: { keys: [] } } }, 'no usable key'],
    [{ algorithms: [] }, 'algorithms: ['],
    [{ algorithms: ['HS256'] }, 'algorithms: ['],
    [{ algorithms: 'ES256' }, 'algorithms: ['],
    [{ clockToleranceSec: 61 }, 'from 0 to 60'],
    [{ clockToleranceSec: -1 }, 'from 0 to 60'],
    [{ clockToleranceSec: '5' }, 'from 0 to 60'],
  ])('are checked: %j', (options, line) => {
    expect(() => aVerifier(options as never)).toThrow(line);
  });

  it('accept the limits of their range', () => {
    for (const clockToleranceSec of [0, 60]) {
      expect(() => aVerifier({ clockToleranceSec })).not.toThrow();
    }
    for (const maxLength of [1_024, 65_536]) {
      expect(() => aVerifier({ maxLength })).not.toThrow();
    }
  });
});
