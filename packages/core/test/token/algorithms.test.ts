import { describe, expect, it } from 'vitest';
import { ALGORITHMS, algorithmOf, DEFAULT_ALGORITHMS } from '../../src/token/algorithms.ts';

describe('algorithmOf', () => {
  it('knows the ten algorithms by exact name, and Ed25519 for EdDSA', () => {
    expect(ALGORITHMS).toHaveLength(10);
    for (const name of ALGORITHMS) expect(algorithmOf(name)).toBe(name);
    expect(algorithmOf('Ed25519')).toBe('EdDSA');
    expect(DEFAULT_ALGORITHMS).toEqual(['RS256', 'PS256', 'ES256', 'EdDSA']);
  });

  it.each([
    ['none'],
    ['HS256'],
    ['rs256'],
    ['RS256 '],
    [''],
    ['__proto__'],
    ['toString'],
    [undefined],
    [null],
    [256],
    [['RS256']],
    [{ toString: () => 'RS256' }],
  ])('knows nothing of %o', (alg) => {
    expect(algorithmOf(alg)).toBeUndefined();
  });
});
