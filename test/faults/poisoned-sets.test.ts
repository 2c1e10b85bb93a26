import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { anApi } from './api.ts';
import { anIdentityProvider } from './identity-provider.ts';

const FRESH = 600_000;

async function aJwk(alg = 'ES256', half: 'publicKey' | 'privateKey' = 'publicKey') {
  return exportJWK((await generateKeyPair(alg, { extractable: true }))[half]);
}

describe.each<[string, string, (kid: string) => Promise<readonly unknown[]>]>([
  ['private keys', 'private', async () => [{ ...(await aJwk('ES256', 'privateKey')), kid: 'bad' }]],
  [
    "the private half of the good key's kid",
    'private',
    async (kid) => [{ ...(await aJwk('RS256', 'privateKey')), kid }],
  ],
  [
    'symmetric keys',
    'symmetric',
    async (kid) => [{ kty: 'oct', kid, k: 'c2VjcmV0', alg: 'HS256' }],
  ],
  [
    'RSA keys of 1024 bits',
    'too_small',
    async () => [
      { kty: 'RSA', kid: 'bad', e: 'AQAB', n: Buffer.alloc(128, 0xc5).toString('base64url') },
    ],
  ],
  [
    'keys for other operations',
    'key_ops',
    async (kid) => [{ ...(await aJwk()), kid, key_ops: ['sign'] }],
  ],
  ['unknown key types', 'key_type', async (kid) => [{ kty: 'LMS', kid }]],
  ['entries that are no keys', 'malformed', async () => [null, 7, 'key', []]],
  [
    'two keys of one kid',
    'duplicate_kid',
    async () => [
      { ...(await aJwk()), kid: 'twice' },
      { ...(await aJwk()), kid: 'twice' },
    ],
  ],
])('a set with %s', (_what, cause, poison) => {
  it('serves with its usable keys, and reports the others', async () => {
    const provider = await anIdentityProvider();
    const key = await provider.newKey('good');
    provider.keys = [...(await poison('good')), key.jwk];
    const api = anApi(provider);
    expect(await api.ask(await key.token(api.clock.now()))).toMatchObject({ status: 200 });
    expect(api.events).toContainEqual(
      expect.objectContaining({ type: 'keys.ignored', issuer: provider.issuer, cause }),
    );
  });

  it('that has no usable key leaves the cached keys in use', async () => {
    const provider = await anIdentityProvider();
    const key = await provider.newKey('good');
    provider.keys = [key.jwk];
    const api = anApi(provider);
    await api.server.ready();
    provider.keys = await poison('good');
    api.clock.pass(FRESH);
    expect(await api.ask(await key.token(api.clock.now()))).toMatchObject({ status: 200 });
    expect(api.events).toContainEqual(
      expect.objectContaining({ type: 'keys.refresh_failed', cause: 'empty' }),
    );
  });
});

it('only the first 100 of 1,000 keys are used', async () => {
  const provider = await anIdentityProvider();
  const [first, last] = [await provider.newKey('first'), await provider.newKey('last')];
  const crowd = Array.from({ length: 998 }, (_, n) => {
    // Any 32 bytes are an Ed25519 public key as far as its import goes.
    const x = Buffer.alloc(32);
    x.writeUInt32BE(n + 1);
    return { kty: 'OKP', crv: 'Ed25519', kid: `crowd-${n}`, x: x.toString('base64url') };
  });
  provider.keys = [first.jwk, ...crowd, last.jwk];
  const api = anApi(provider);
  expect(await api.ask(await first.token(api.clock.now()))).toMatchObject({ status: 200 });
  expect(await api.ask(await last.token(api.clock.now()))).toMatchObject({ status: 401 });
  expect(api.events).toContainEqual({
    type: 'keys.ignored',
    issuer: provider.issuer,
    cause: 'too_many',
    keys: 900,
  });
});

it.each<[string, unknown]>([
  ['an empty set', []],
  ['a set that is not a list', { kid: 'x' }],
  ['null for a set', null],
])('after %s the loaded keys stay in use', async (_what, keys) => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('good');
  provider.keys = [key.jwk];
  const api = anApi(provider);
  await api.server.ready();
  provider.keys = keys as readonly unknown[];
  api.clock.pass(FRESH);
  expect(await api.ask(await key.token(api.clock.now()))).toMatchObject({ status: 200 });
  expect(api.events.map(({ type }) => type)).toContain('keys.refresh_failed');
});

it.each<[string, (kid: string) => Promise<readonly unknown[]>]>([
  ['use: enc, as at every Keycloak', async (kid) => [{ ...(await aJwk()), kid, use: 'enc' }]],
  [
    'RSA-OAEP without use',
    async () => [{ ...(await aJwk('RS256')), kid: 'e', alg: 'RSA-OAEP-256' }],
  ],
  ['key_ops: encrypt', async () => [{ ...(await aJwk('RS256')), kid: 'e', key_ops: ['encrypt'] }]],
  ['x509-svid, as in every SPIFFE bundle', async () => [{ ...(await aJwk()), use: 'x509-svid' }]],
])('no event reports a key for another use: %s', async (_what, others) => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('good');
  provider.keys = [...(await others('good')), key.jwk];
  const api = anApi(provider);
  expect(await api.ask(await key.token(api.clock.now()))).toMatchObject({ status: 200 });
  expect(api.events.filter(({ type }) => type === 'keys.ignored')).toEqual([]);
});
