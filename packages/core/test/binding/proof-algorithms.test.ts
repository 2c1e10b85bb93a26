import { describe, expect, it } from 'vitest';
import { proofAlgorithmNames } from '../../src/binding/proof-algorithms.ts';
import { algorithmOf } from '../../src/token/algorithms.ts';

describe('proofAlgorithmNames', () => {
  it('gives both names of EdDSA, in the configured order', () => {
    expect(proofAlgorithmNames(['ES256', 'EdDSA', 'RS256'])).toEqual([
      'ES256',
      'Ed25519',
      'EdDSA',
      'RS256',
    ]);
    expect(proofAlgorithmNames(['ES384'])).toEqual(['ES384']);
  });

  it('gives only names that a proof may use', () => {
    const names = proofAlgorithmNames(['ES256', 'EdDSA']);
    expect(names.map(algorithmOf)).toEqual(['ES256', 'EdDSA', 'EdDSA']);
  });
});
