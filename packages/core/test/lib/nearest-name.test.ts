import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/lib/nearest-name.ts';

const NAMES = ['issuer', 'issuers', 'audience', 'clockToleranceSec', 'dpop', 'fetch'];

describe('nearestName', () => {
  it.each([
    ['audiance', 'audience'],
    ['Audience', 'audience'],
    ['audience_', 'audience'],
    ['aud', 'audience'],
    ['clockTolerance', 'clockToleranceSec'],
    ['clocktolerancesec', 'clockToleranceSec'],
    ['isuers', 'issuers'],
    ['issuerURL', 'issuer'],
    ['dpp', 'dpop'],
    ['feth', 'fetch'],
    ['isseur', 'issuer'],
    ['issure', 'issuer'],
  ])('gives for %s: %s', (misspelled, name) => {
    expect(nearestName(misspelled, NAMES)).toBe(name);
  });

  it.each(['secret', 'au', 'x', '', 'ttl', 'reissue'])(
    'gives undefined for %j, because no name is similar',
    (name) => {
      expect(nearestName(name, NAMES)).toBeUndefined();
    },
  );

  it('gives undefined if there are no names', () => {
    expect(nearestName('audience', [])).toBeUndefined();
  });
});
