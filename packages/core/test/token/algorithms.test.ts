import { describe, expect, it } from 'vitest';
import { ALGORITHMS, algorithmOf, DEFAULT_ALGORITHMS } from '../../src/token/algorithms.ts';

describe('algorithmOf', () => {
  it('recognizes the ten algorithms by their exact names, and Ed25519 as EdDSA', () => {
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
  ])('gives undefined for %o', (alg) => {
    expect(algorithmOf(alg)).toBeUndefined();
  });
});
