import { describe, expect, it } from 'vitest';
import { aClock, NOW } from '../../../../test/support/tokens.ts';
import { openSignedAnswer } from '../../src/introspection/signed-answer.ts';
import { AuthError } from '../../src/model/errors.ts';

const GOOD = { aud: 'api', iat: NOW, token_introspection: { active: true } };

function open(
  claims: object,
  options: { readonly clientId?: string | undefined } = { clientId: 'api' },
) {
  return openSignedAnswer('jwt', {
    verify: async () => ({ header: {}, claims: { ...claims } }),
    clientId: options.clientId,
    clock: aClock(),
    clockToleranceSec: 5,
  });
}

describe('a signed answer', () => {
  it.each([
    ['our client id', GOOD],
    ['ours as one of several', { ...GOOD, aud: ['x', 'api'] }],
    ['an iat of a minute ago', { ...GOOD, iat: NOW - 60 }],
    ['an iat within the tolerance', { ...GOOD, iat: NOW + 5 }],
  ])('with %s is accepted', async (_name, claims) => {
    expect(await open(claims)).toEqual({ active: true });
  });

  it.each([
    ['another client id', { ...GOOD, aud: 'other' }],
    ['a longer client id', { ...GOOD, aud: 'api2' }],
    ['a list without ours', { ...GOOD, aud: ['other'] }],
    ['no aud', { ...GOOD, aud: undefined }],
    ['an iat of longer ago', { ...GOOD, iat: NOW - 61 }],
    ['an iat to come', { ...GOOD, iat: NOW + 6 }],
    ['no iat', { ...GOOD, iat: undefined }],
    ['no answer', { ...GOOD, token_introspection: undefined }],
    ['a list for an answer', { ...GOOD, token_introspection: [] }],
    ['text for an answer', { ...GOOD, token_introspection: '{}' }],
  ])('with %s is malformed', async (_name, claims) => {
    await expect(open(claims)).rejects.toMatchObject({ failure: 'malformed' });
  });

  it('is refused without a client id of our own', async () => {
    await expect(open({ ...GOOD, aud: undefined }, { clientId: undefined })).rejects.toMatchObject({
      failure: 'malformed',
      message: 'The signed answer is for another client, or old',
    });
  });

  it.each([
    [new AuthError('signature_invalid'), 'malformed'],
    [new AuthError('keys_unavailable'), 'network'],
    [new Error('OpenSSL'), 'malformed'],
  ])('whose check fails with %s is an outage of the same kind', async (cause, failure) => {
    const failing = openSignedAnswer('jwt', {
      verify: () => Promise.reject(cause),
      clientId: 'api',
      clock: aClock(),
      clockToleranceSec: 5,
    });
    await expect(failing).rejects.toMatchObject({
      failure,
      cause,
      message: 'The signed answer is not valid',
    });
  });
});
