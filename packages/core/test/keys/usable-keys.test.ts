import { describe, expect, it } from 'vitest';
import { usableKeys } from '../../src/keys/usable-keys.ts';
import { aPrivateJwk, aPublicJwk } from './test-keys.ts';

const options = { maxKeys: 100, uses: ['sig'] };

function kidsOf(entries: readonly unknown[], overrides: Partial<typeof options> = {}) {
  return usableKeys(entries, { ...options, ...overrides }).keys.map(({ kid }) => kid);
}

describe('usable keys of a set', () => {
  it('drops each key that cannot be used with its cause, and keeps the others in order', async () => {
    const rsa1024 = { kty: 'RSA', kid: 'small', e: 'AQAB', n: `4${'A'.repeat(170)}` };
    const entries = [
      await aPublicJwk({ kid: 'first' }),
      await aPrivateJwk({ kid: 'private' }),
      { kty: 'oct', kid: 'oct', k: 'c2VjcmV0' },
      rsa1024,
      await aPublicJwk({ kid: 'enc', use: 'enc' }),
      await aPublicJwk({ kid: 'ops', key_ops: ['sign'] }),
      { ...(await aPublicJwk({ kid: 'curve' })), crv: 'secp256k1' },
      { ...(await aPublicJwk({ kid: 'point' })), x: 'AAAA' },
      null,
      'key',
      [],
      {},
      await aPublicJwk({ kid: 'last' }),
    ];
    const { keys, ignored } = usableKeys(entries, options);
    expect(keys.map(({ kid }) => kid)).toEqual(['first', 'last']);
    expect(Object.fromEntries(ignored)).toEqual({
      private: 1,
      symmetric: 1,
      too_small: 1,
      use: 1,
      key_ops: 1,
      key_type: 2,
      malformed: 4,
    });
  });

  it('a bad key does not affect a good one with the same kid', async () => {
    const fit = await aPublicJwk({ kid: 'a' });
    const unfit = await aPublicJwk({ kid: 'a', use: 'enc' });
    expect(kidsOf([unfit, fit])).toEqual(['a']);
    expect(kidsOf([fit, unfit])).toEqual(['a']);
  });

  it('a key that occurs twice counts once', async () => {
    const key = await aPublicJwk({ kid: 'a' });
    const { keys, ignored } = usableKeys([key, { ...key }], options);
    expect(keys).toHaveLength(1);
    expect(ignored.size).toBe(0);
  });

  it('a key that is published for two algorithms can be used for both', async () => {
    const key = await aPublicJwk({ kid: 'a' }, 'RS256');
    const { keys } = usableKeys([key, { ...key, alg: 'PS256' }], options);
    expect(keys.map(({ algorithms }) => algorithms)).toEqual([['RS256', 'PS256']]);
  });

  it('different keys with one kid are all ignored, however many there are', async () => {
    const entries = [
      await aPublicJwk({ kid: 'a' }),
      await aPublicJwk({ kid: 'b' }),
      await aPublicJwk({ kid: 'a' }),
      await aPublicJwk({ kid: 'a' }),
    ];
    const { keys, ignored } = usableKeys(entries, options);
    expect(keys.map(({ kid }) => kid)).toEqual(['b']);
    expect(Object.fromEntries(ignored)).toEqual({ duplicate_kid: 3 });
  });

  it('keys with one kid are all used if they share no algorithm', async () => {
    const entries = [
      await aPublicJwk({ kid: 'a' }, 'ES256'),
      await aPublicJwk({ kid: 'a' }, 'RS256'),
      await aPublicJwk({ kid: 'a' }, 'PS256'),
    ];
    const { keys, ignored } = usableKeys(entries, options);
    expect(keys.map(({ algorithms }) => algorithms)).toEqual([['ES256'], ['RS256'], ['PS256']]);
    expect(ignored.size).toBe(0);
  });

  it('of keys with one kid, those that share an algorithm are ignored, and the others are used', async () => {
    const { alg: _, ...anyRsa } = await aPublicJwk({ kid: 'a' }, 'RS256');
    const entries = [
      anyRsa,
      await aPublicJwk({ kid: 'a' }, 'PS256'),
      await aPublicJwk({ kid: 'a' }, 'ES256'),
    ];
    const { keys, ignored } = usableKeys(entries, options);
    expect(keys.map(({ algorithms }) => algorithms)).toEqual([['ES256']]);
    expect(Object.fromEntries(ignored)).toEqual({ duplicate_kid: 2 });
  });

  it('a member that is null counts as absent; a key with a real secret member stays refused', async () => {
    const nulls = { d: null, k: null, p: null, use: null, alg: null, key_ops: null, x5c: null };
    const key = await aPublicJwk({ kid: 'a' });
    expect(kidsOf([{ ...key, ...nulls }])).toEqual(['a']);
    expect(kidsOf([{ ...key, kid: null }])).toEqual([undefined]);
    const secret = await aPrivateJwk({ kid: 'a' });
    expect(kidsOf([{ ...secret, p: null }])).toEqual([]);
    expect(kidsOf([{ ...key, d: '' }])).toEqual([]);
    expect(kidsOf([{ ...key, k: 'c2VjcmV0', d: null }])).toEqual([]);
  });

  it('a key that is bound to two issuers is ignored, because nothing says which one is meant', async () => {
    const key = await aPublicJwk({ kid: 'a' });
    expect(
      kidsOf([
        { ...key, issuer: 'https://one' },
        { ...key, issuer: 'https://two' },
      ]),
    ).toEqual([]);
  });

  it('keys without kid do not count as duplicates of each other', async () => {
    const [one, two] = [await aPublicJwk(), await aPublicJwk()];
    expect(kidsOf([one, two, { ...one }])).toEqual([undefined, undefined]);
  });

  it('a kid that looks like the material of a key without kid changes nothing', async () => {
    const bare = await aPublicJwk();
    const [prepared] = usableKeys([bare], options).keys;
    const other = await aPublicJwk({ kid: `material:${prepared?.material}` });
    expect(kidsOf([bare, other])).toHaveLength(2);
  });

  it('at most maxKeys are used, and the rest is counted', async () => {
    const entries = await Promise.all(['a', 'b', 'c', 'd'].map((kid) => aPublicJwk({ kid })));
    const { keys, ignored } = usableKeys(entries, { ...options, maxKeys: 2 });
    expect(keys.map(({ kid }) => kid)).toEqual(['a', 'b']);
    expect(Object.fromEntries(ignored)).toEqual({ too_many: 2 });
  });

  it('bad keys do not count towards maxKeys, but only a part of a huge set is examined', async () => {
    const junk = Array.from({ length: 19 }, () => ({ kty: 'oct', k: 'AA' }));
    const fit = await aPublicJwk({ kid: 'a' });
    expect(kidsOf([...junk, fit], { maxKeys: 2 })).toEqual(['a']);
    const { keys, ignored } = usableKeys([...junk, {}, fit], { ...options, maxKeys: 2 });
    expect(keys).toEqual([]);
    expect(Object.fromEntries(ignored)).toEqual({ symmetric: 19, key_type: 1, too_many: 1 });
  });

  it('accepts only the configured values of use', async () => {
    const entries = [
      await aPublicJwk({ kid: 'svid', use: 'jwt-svid' }),
      await aPublicJwk({ kid: 'sig' }),
    ];
    expect(kidsOf(entries)).toEqual(['sig']);
    expect(kidsOf(entries, { uses: ['jwt-svid'] })).toEqual(['svid']);
  });

  it('keeps the issuer that a key is bound to', async () => {
    const issuer = 'https://login.example/{tenantid}/v2.0';
    const { keys } = usableKeys([await aPublicJwk({ kid: 'a', issuer })], options);
    expect(keys[0]?.issuer).toBe(issuer);
  });

  it('a key behind __proto__ is ignored', async () => {
    const entry = JSON.parse(`{"__proto__":${JSON.stringify(await aPublicJwk({ kid: 'a' }))}}`);
    expect(Object.fromEntries(usableKeys([entry], options).ignored)).toEqual({ key_type: 1 });
  });
});

describe('a key that occurs several times', () => {
  it('has each of its algorithms once', async () => {
    const key = await aPublicJwk({ kid: 'a' }, 'RS256');
    const entries = [key, { ...key, alg: 'PS256' }, key, { ...key, alg: 'PS256' }];
    const { keys } = usableKeys(entries, options);
    expect(keys).toHaveLength(1);
    expect(keys[0]?.algorithms).toEqual(['RS256', 'PS256']);
  });
});
