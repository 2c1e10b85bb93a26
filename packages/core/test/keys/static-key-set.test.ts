import { describe, expect, it } from 'vitest';
import type { JsonWebKeySet } from '../../src/keys/key-set.ts';
import { createStaticKeySet } from '../../src/keys/static-key-set.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { aPrivateJwk, aPublicJwk } from './test-keys.ts';

function aKeySet(jwks: JsonWebKeySet) {
  const seen: AuthEvent[] = [];
  const events = createEventSink((event) => seen.push(event));
  const context = { issuer: 'https://as.example.com', events, uses: ['sig'], maxKeys: 100 };
  return { keySet: createStaticKeySet(jwks, context), seen };
}

describe('a static key set', () => {
  it('returns its keys without a promise, and they never expire', async () => {
    const { keySet } = aKeySet({ keys: [await aPublicJwk({ kid: 'a' })] });
    const key = keySet.find({ algorithm: 'ES256', kid: 'a' });
    expect(key).toMatchObject({ kid: 'a' });
    expect(!(key instanceof Promise) && keySet.isLive(key)).toBe(true);
    await expect(keySet.ready()).resolves.toBeUndefined();
    keySet.close();
    expect(keySet.find({ algorithm: 'ES256', kid: 'a' })).toBe(key);
  });

  it("rejects an unknown kid as the token's fault, and throws nothing", async () => {
    const { keySet } = aKeySet({ keys: [await aPublicJwk({ kid: 'a' })] });
    await expect(keySet.find({ algorithm: 'ES256', kid: 'b' })).rejects.toMatchObject({
      reason: 'key_unknown',
    });
    await expect(keySet.find({ algorithm: 'RS256', kid: 'a' })).rejects.toMatchObject({
      reason: 'key_unknown',
    });
  });

  it('keys of another set are not live', async () => {
    const jwks = { keys: [await aPublicJwk({ kid: 'a' })] };
    const key = await aKeySet(jwks).keySet.find({ algorithm: 'ES256', kid: 'a' });
    expect(aKeySet(jwks).keySet.isLive(key)).toBe(false);
  });

  it('says which keys it ignores', async () => {
    const { seen } = aKeySet({ keys: [await aPublicJwk(), await aPrivateJwk()] });
    expect(seen).toEqual([
      { type: 'keys.ignored', issuer: 'https://as.example.com', cause: 'private', keys: 1 },
    ]);
  });

  it('without a usable key is a configuration error that names the causes and no key', async () => {
    const jwk = await aPrivateJwk();
    const construct = () => aKeySet({ keys: [jwk] });
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow('private 1');
    expect(construct).not.toThrow(String(jwk.d));
    expect(() => aKeySet({ keys: [] })).toThrow('it is empty');
  });

  it.each([[undefined], [null], [{}], [[]], [{ keys: 'x' }]])('%j is not a JWK set', (jwks) => {
    expect(() => aKeySet(jwks as never)).toThrow(ConfigurationError);
  });
});

describe('the words of its errors', () => {
  it('says what to write, and how many keys there are of each cause', async () => {
    expect(() => aKeySet({} as never)).toThrow('jwks is not a JWK set. Write: jwks: { keys: [');
    const jwks = { keys: [await aPrivateJwk(), { kty: 'oct' }, {}] };
    expect(() => aKeySet(jwks)).toThrow('no usable key (private 1, symmetric 1, key_type 1)');
  });
});

describe('a configured key without kid', () => {
  const query = { algorithm: 'ES256', kid: 'whatever-the-server-calls-it' } as const;

  it('is used for every kid if it is the only one', async () => {
    const { keySet } = aKeySet({ keys: [await aPublicJwk()] });
    expect(keySet.find(query)).toMatchObject({ kid: undefined });
    expect(keySet.find({ ...query, kid: undefined })).toMatchObject({ kid: undefined });
  });

  it('is refused at start-up if there are several, because its tokens would be refused', async () => {
    const jwks = { keys: [await aPublicJwk(), await aPublicJwk({ kid: 'b' })] };
    expect(() => aKeySet(jwks)).toThrow(ConfigurationError);
    expect(() => aKeySet(jwks)).toThrow("Write: jwks: { keys: [{ ...jwk, kid: '…' }] }");
  });
});

it('the error for a PEM says what to write', () => {
  const pem = '-----BEGIN PUBLIC KEY-----\nMFkw…\n-----END PUBLIC KEY-----';
  for (const jwks of [pem, { keys: pem }, { keys: [pem] }]) {
    expect(() => aKeySet(jwks as never)).toThrow(
      "createPublicKey(pem).export({ format: 'jwk' }), kid: '…'",
    );
    expect(() => aKeySet(jwks as never)).not.toThrow('MFkw');
  }
});
