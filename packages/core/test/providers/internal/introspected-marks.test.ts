import { describe, expect, it } from 'vitest';
import { isAboutAccessToken } from '../../../src/providers/internal/introspected-marks.ts';

describe('an answer', () => {
  it.each([
    { token_type: 'Bearer' },
    { token_type: 'DPoP', token_use: 'access_token' },
    { token_type: 'Bearer', token_use: 'access', typ: 'Bearer' },
    { token_type: 'Bearer', typ: 'DPoP' },
  ])('with %j is about an access token', (answer) => {
    expect(isAboutAccessToken(answer)).toBe(true);
  });

  it.each([
    {},
    { token_type: '' },
    { token_type: 7 },
    JSON.parse('{"__proto__":{"token_type":"Bearer"}}'),
    { token_type: 'Bearer', token_use: 'refresh_token' },
    { token_type: 'Bearer', token_use: undefined },
    { token_type: 'Bearer', typ: 'Refresh' },
    { token_type: 'Bearer', typ: 'ID' },
    { token_type: 'Bearer', typ: ['Bearer'] },
    { token_type: 'Bearer', at_hash: 'x' },
    { token_type: 'Bearer', c_hash: 'x' },
    { token_type: 'Bearer', nonce: 'x' },
    { token_type: 'Bearer', events: {} },
  ])('with %j is not about an access token', (answer) => {
    expect(isAboutAccessToken(answer)).toBe(false);
  });
});
