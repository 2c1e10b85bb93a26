import { createResourceServer } from '@authly/core';
import { admissionMode, admitPrincipal, admitRequest } from '@authly/core/adapter';
import { authly } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { subjectTokenOf } from '../src/subject-token.ts';
import { aJwt } from './fixtures.ts';

const issuer = testIssuer();
const server = createResourceServer({
  issuer: authly({ issuer: issuer.issuer, jwks: issuer.jwks }),
  audience: issuer.audience,
});
const mode = admissionMode(server, { optional: true }, { delegates: 'next' } as never);

async function admitted(authorization: string | undefined): Promise<object> {
  const carrier = {};
  const header = (name: string) => (name === 'authorization' ? authorization : undefined);
  await admitRequest(carrier, { method: 'GET', url: '/', header }, mode);
  return carrier;
}

describe('the token of a caller', () => {
  it('is the token with which the request was accepted, and it ends when the principal does', async () => {
    const token = issuer.aUserToken();
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(subjectTokenOf(await admitted(`Bearer ${token}`))).toEqual({ token, expiresAt: exp });
  });

  it('is missing for an anonymous request, and for a caller who was not accepted by a token', async () => {
    const anonymous = await admitted(undefined);
    expect(() => subjectTokenOf(anonymous)).toThrow(
      expect.objectContaining({ reason: 'no_subject' }),
    );
    const carrier = {};
    admitPrincipal(carrier, undefined, mode);
    expect(() => subjectTokenOf(carrier)).toThrow(
      expect.objectContaining({ reason: 'no_subject' }),
    );
  });

  it.each([
    ['is in a JWT', aJwt({ exp: 7 }), 7],
    ['is not in one that has none', aJwt({}), undefined],
    ['is not in one that says it otherwise', aJwt({ exp: '7' }), undefined],
    ['is not in what has two parts', 'a.b', undefined],
    ['is not in what is no JSON', 'a.b.c', undefined],
    ['is not in what is opaque', 'opaque', undefined],
  ])('has an end that %s', (_name, token, expiresAt) => {
    expect(subjectTokenOf(token)).toEqual({ token, expiresAt });
  });
});
