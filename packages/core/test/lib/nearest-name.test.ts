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
  ])('of %s is %s', (misspelled, name) => {
    expect(nearestName(misspelled, NAMES)).toBe(name);
  });

  it.each(['secret', 'au', 'x', '', 'ttl', 'reissue'])(
    'of %j is none, since no name is similar',
    (name) => {
      expect(nearestName(name, NAMES)).toBeUndefined();
    },
  );

  it('is none where there are no names', () => {
    expect(nearestName('audience', [])).toBeUndefined();
  });
});
