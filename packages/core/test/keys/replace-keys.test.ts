import { describe, expect, it } from 'vitest';
import { NO_HELD_KEYS, replaceKeys } from '../../src/keys/replace-keys.ts';
import { usableKeys } from '../../src/keys/usable-keys.ts';
import { aPublicJwk } from './test-keys.ts';

const prepare = (entries: readonly unknown[]) =>
  usableKeys(entries, { maxKeys: 100, uses: ['sig'] }).keys;

describe('held keys', () => {
  it('an unchanged key stays the same object', async () => {
    const jwk = await aPublicJwk({ kid: 'a' });
    const { held: before } = replaceKeys(NO_HELD_KEYS, prepare([jwk]));
    const { held, withdrawn } = replaceKeys(before, prepare([await aPublicJwk({ kid: 'b' }), jwk]));
    expect(held.keys[1]).toBe(before.keys[0]);
    expect(held.live.has(before.keys[0] as never)).toBe(true);
    expect(withdrawn).toBe(0);
  });

  it('a key that is missing counts as withdrawn', async () => {
    const [a, b] = [await aPublicJwk({ kid: 'a' }), await aPublicJwk({ kid: 'b' })];
    const { held: before } = replaceKeys(NO_HELD_KEYS, prepare([a, b]));
    const { held, withdrawn } = replaceKeys(before, prepare([b]));
    expect(withdrawn).toBe(1);
    expect(before.keys.map((key) => held.live.has(key))).toEqual([false, true]);
  });

  it.each([
    ['other material', async () => aPublicJwk({ kid: 'a' }, 'RS256')],
    ['another issuer', async (jwk: object) => ({ ...jwk, issuer: 'https://other' })],
    ['other algorithms', async (jwk: object) => ({ ...jwk, alg: 'PS256' })],
    ['another kid', async (jwk: object) => ({ ...jwk, kid: 'b' })],
  ])('%s makes it another key, and the old one counts as withdrawn', async (_what, change) => {
    const jwk = await aPublicJwk({ kid: 'a' }, 'RS256');
    const { held: before } = replaceKeys(NO_HELD_KEYS, prepare([jwk]));
    const { held, withdrawn } = replaceKeys(before, prepare([await change(jwk)]));
    expect(held.keys).toHaveLength(1);
    expect(held.keys[0]).not.toBe(before.keys[0]);
    expect(withdrawn).toBe(1);
  });
});
