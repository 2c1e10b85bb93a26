import { describe, expect, it } from 'vitest';
import { readSnapshot, snapshotOf } from '../../src/keys/snapshot.ts';
import { usableKeys } from '../../src/keys/usable-keys.ts';
import { aPublicJwk } from './test-keys.ts';

const issuer = 'https://as.example.com';
const now = 1_800_000_000_000;
const options = { maxKeys: 100, uses: ['sig'] };

describe('a snapshot', () => {
  it('survives JSON and brings back the same keys', async () => {
    const both = await aPublicJwk({ kid: 'rs and ps' }, 'RS256');
    const { keys } = usableKeys(
      [
        both,
        { ...both, alg: 'PS256' },
        await aPublicJwk({ kid: 'ec' }),
        await aPublicJwk({ kid: 'ps' }, 'PS256'),
        { ...(await aPublicJwk({ kid: 'any' }, 'RS256')), alg: undefined },
        await aPublicJwk({ kid: 'ed', issuer: 'https://bound' }, 'EdDSA'),
        await aPublicJwk(),
      ],
      options,
    );
    expect(keys).toHaveLength(6);
    const stored = JSON.parse(JSON.stringify(snapshotOf(issuer, keys, now)));
    const read = readSnapshot(issuer, stored, now + 1);
    const again = usableKeys(read?.keys ?? [], options).keys;
    const told = (list: typeof keys) =>
      list.map(({ kid, algorithms, material, issuer: bound }) => ({
        kid,
        algorithms,
        material,
        bound,
      }));
    expect(told(again)).toEqual(told(keys));
  });

  it('keeps only the public members of the keys that the provider sent', async () => {
    const jwk = await aPublicJwk({ kid: 'a', x5c: ['MII'], note: 'secret' });
    const { keys } = usableKeys([jwk], options);
    const [stored = {}] = snapshotOf(issuer, keys, now).keys;
    expect(Object.keys(stored).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'x', 'y']);
  });

  const good = { version: 1, issuer, fetchedAtMs: now, keys: [] };

  it('of the same issuer is read, also when the other clock is a little ahead', () => {
    expect(readSnapshot(issuer, good, now)).toEqual(good);
    expect(readSnapshot(issuer, { ...good, fetchedAtMs: now + 60_000 }, now)).toBeDefined();
  });

  it.each([
    ['another issuer', { ...good, issuer: `${issuer}/` }],
    ['the future', { ...good, fetchedAtMs: now + 60_001 }],
    ['an unknown version', { ...good, version: 2 }],
    ['no time', { ...good, fetchedAtMs: 'yesterday' }],
    ['no number', { ...good, fetchedAtMs: Number.NaN }],
    ['no keys', { ...good, keys: { 0: {} } }],
    ['a string', JSON.stringify(good)],
    ['null', null],
  ])('is not used: %s', (_what, stored) => {
    expect(readSnapshot(issuer, stored, now)).toBeUndefined();
  });
});

describe('a key without kid and issuer', () => {
  it('is stored without them', async () => {
    const { keys } = usableKeys([await aPublicJwk()], options);
    const [stored = {}] = snapshotOf(issuer, keys, now).keys;
    expect('kid' in stored).toBe(false);
    expect('issuer' in stored).toBe(false);
  });
});
