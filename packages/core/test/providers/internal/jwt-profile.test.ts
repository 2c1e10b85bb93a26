import { describe, expect, it } from 'vitest';
import type { TokenClaims } from '../../../src/model/principal.ts';
import { classifyByJwtProfile } from '../../../src/providers/internal/jwt-profile.ts';

describe('the reading of RFC 9068 §2.2', () => {
  it.each([{}, { sub: 'dana' }, { client_id: 'web' }, { sub: 7, client_id: 7 }])(
    'of %j says that an id is missing',
    (claims) => {
      const classification = classifyByJwtProfile(claims as TokenClaims, {});
      expect(classification).toEqual({ kind: 'unknown', rule: 'sub or client_id is missing' });
    },
  );

  it.each([
    [{ sub: 'web', client_id: 'web' }, 'client', /^sub is client_id, and no claim/],
    [{ sub: 'dana', client_id: 'web' }, 'user', /^sub is not client_id, and no mark/],
    [{ sub: 'web', client_id: 'web', email: 'e' }, 'unknown', /^sub is client_id, but/],
    [{ sub: 'mch_1', client_id: 'web' }, 'unknown', /^sub is not client_id, but/],
    [{ sub: 'dana', client_id: 'web', typ: 'Bearer' }, 'unknown', /^sub is not client_id, but/],
  ])('of %j is %s', (claims, kind, rule) => {
    const classification = classifyByJwtProfile(claims, {});
    expect(classification.kind).toBe(kind);
    expect(classification.rule).toMatch(rule);
  });
});
