import { describe, expect, it } from 'vitest';
import { ISSUER, jwks } from '../../../../test/support/tokens.ts';
import type { TokenClaims } from '../../src/model/principal.ts';
import { oidcProvider } from '../../src/providers/oidc-provider.ts';

const USER = { sub: 'dana', client_id: 'web', token_type: 'Bearer' };
const CLIENT = { client_id: 'nightly', token_type: 'Bearer' };

const classify = (options: object, answer: object) =>
  oidcProvider({ issuer: ISSUER, jwks, ...options } as never).introspected?.classify(
    answer as TokenClaims,
  );

describe('answers of oidc-provider, without a claim of the kind', () => {
  const disjoint = { subjectNamespaces: 'disjoint' };

  it('are about a user if there is a sub, and about a client if there is none', () => {
    expect(classify(disjoint, USER)).toMatchObject({
      kind: 'user',
      userId: 'dana',
      clientId: 'web',
    });
    expect(classify(disjoint, CLIENT)).toMatchObject({ kind: 'client', clientId: 'nightly' });
  });

  it.each([
    ['a sub that is the client', { ...USER, sub: 'web' }],
    ['a sub that is no text', { ...USER, sub: 7 }],
    ['an empty sub', { ...USER, sub: '' }],
    ['a user’s claims without a sub', { ...CLIENT, email: 'a@b.c' }],
    ['marks of a client beside a sub', { ...USER, gty: 'client-credentials' }],
    ['no client', { token_type: 'Bearer' }],
  ])('are refused with %s', (_name, answer) => {
    expect(classify(disjoint, answer)?.kind).toBe('unknown');
  });

  it('are all refused if the operator says that ids are unknown', () => {
    for (const answer of [USER, CLIENT]) {
      expect(classify({ subjectNamespaces: 'unknown' }, answer)?.kind).toBe('unknown');
    }
  });

  it('are read by the operator’s own rule if there is one', () => {
    const own = { classify: ({ sub }: { sub?: string }) => (sub === 'dana' ? 'user' : 'refuse') };
    expect(classify(own, USER)).toMatchObject({ kind: 'user', userId: 'dana' });
    expect(classify(own, CLIENT)?.kind).toBe('unknown');
  });
});

describe('answers of oidc-provider, with a claim of the kind', () => {
  const byClaim = { kindClaim: 'sub_type' };

  it('are about the caller whom the claim and sub name, also if the account has a client’s id', () => {
    expect(classify(byClaim, { ...USER, sub_type: 'user' })).toMatchObject({ userId: 'dana' });
    expect(classify(byClaim, { ...USER, sub: 'web', sub_type: 'user' })).toMatchObject({
      kind: 'user',
      userId: 'web',
    });
    expect(classify(byClaim, { ...CLIENT, sub_type: 'client' })).toMatchObject({
      kind: 'client',
      clientId: 'nightly',
    });
  });

  it.each([
    ['no claim', USER],
    ['another value', { ...USER, sub_type: 'agent' }],
    ['a client that has a sub', { ...USER, sub_type: 'client' }],
    ['a user without a sub', { ...CLIENT, sub_type: 'user' }],
    ['a sub that is no text', { ...USER, sub: 7, sub_type: 'user' }],
  ])('are refused with %s', (_name, answer) => {
    expect(classify(byClaim, answer)?.kind).toBe('unknown');
  });
});
