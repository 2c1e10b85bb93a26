import { describe, expect, it } from 'vitest';
import { proofAlgorithmNames } from '../../src/binding/proof-algorithms.ts';
import { algorithmOf } from '../../src/token/algorithms.ts';

describe('proofAlgorithmNames', () => {
  it('has both names of EdDSA, in the order that is configured', () => {
    expect(proofAlgorithmNames(['ES256', 'EdDSA', 'RS256'])).toEqual([
      'ES256',
      'Ed25519',
      'EdDSA',
      'RS256',
    ]);
    expect(proofAlgorithmNames(['ES384'])).toEqual(['ES384']);
  });

  it('has names alone that a proof may state', () => {
    const names = proofAlgorithmNames(['ES256', 'EdDSA']);
    expect(names.map(algorithmOf)).toEqual(['ES256', 'EdDSA', 'EdDSA']);
  });
});
