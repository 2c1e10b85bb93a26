import { expect, it } from 'vitest';
import { endCauseOf } from '../../src/lease/end-cause.ts';
import { AuthError } from '../../src/model/errors.ts';

it.each([
  ['expired', 'expired'],
  ['token_revoked', 'revoked'],
  ['token_inactive', 'revoked'],
  ['key_unknown', 'key_withdrawn'],
  ['issuer_unknown', 'issuer_removed'],
  ['principal_ambiguous', 'refused'],
  ['lifetime_too_long', 'refused'],
  ['keys_unavailable', 'unavailable'],
  ['introspection_overloaded', 'unavailable'],
] as const)('a token that is refused with %s ends its lease as %s', (reason, cause) => {
  expect(endCauseOf(new AuthError(reason))).toBe(cause);
});

it('an error that is not an AuthError says nothing about the token', () => {
  expect(endCauseOf(new Error('a bug'))).toBe('unavailable');
});
