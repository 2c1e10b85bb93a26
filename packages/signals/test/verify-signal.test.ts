import { AuthError, type AuthErrorReason } from '@authly/core';
import { expect, it } from 'vitest';
import { verifySignal } from '../src/verify-signal.ts';

const outcome = (error: unknown) => verifySignal({ verify: () => Promise.reject(error) }, 'a.b.c');

it.each<[AuthErrorReason, string]>([
  ['type_not_accepted', 'type_not_accepted'],
  ['issuer_unknown', 'issuer_unknown'],
  ['algorithm_not_allowed', 'algorithm_not_allowed'],
  ['key_unknown', 'key_unknown'],
  ['signature_invalid', 'signature_invalid'],
  ['claim_malformed', 'claim_malformed'],
  ['keys_unavailable', 'keys_unavailable'],
  ['expired', 'not_timely'],
  ['not_yet_valid', 'not_timely'],
  ['token_malformed', 'token_malformed'],
  ['token_too_large', 'token_malformed'],
  ['header_unsupported', 'token_malformed'],
])('a JWT that is refused for %s is %s', async (reason, fault) => {
  expect(await outcome(new AuthError(reason))).toBe(fault);
});

it('returns the result of verification, and throws errors of the program', async () => {
  const jwt = { header: {}, claims: { iss: 'https://a' } };
  expect(await verifySignal({ verify: async () => jwt }, 'a.b.c')).toBe(jwt);
  await expect(outcome(new TypeError('a bug'))).rejects.toThrow('a bug');
});
