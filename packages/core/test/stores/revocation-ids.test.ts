import { describe, expect, it } from 'vitest';
import { NOW } from '../../../../test/support/tokens.ts';
import { markStops, revocationIdsOf } from '../../src/stores/revocation-ids.ts';
import { REVOCATION_KINDS, type RevocationKind } from '../../src/stores/revocation-store.ts';
import {
  digestKey,
  type RevocationTarget,
  revocationKeyOf,
} from '../../src/stores/revocation-target.ts';
import { aQuery } from '../revocation/queries.ts';

const issuer = 'https://as.example.com';
const principalKey = 'user:https%3A%2F%2Fas.example.com:ada';
const TARGETS: readonly RevocationTarget[] = [
  { kind: 'token', issuer, tokenId: 'token-1' },
  { kind: 'session', issuer, sessionId: 'session-1' },
  { kind: 'subject', issuer, subject: 'ada' },
  { kind: 'principal', principalKey },
  { kind: 'client', issuer, clientId: 'web-app' },
  { kind: 'issuer', issuer },
];

describe('revocationIdsOf', () => {
  it.each(TARGETS)('gives the id of a mark on its $kind', (target) => {
    expect(revocationIdsOf(aQuery()).of(target.kind)).toContain(revocationKeyOf(target).id);
    expect(TARGETS).toHaveLength(REVOCATION_KINDS.length);
  });

  it.each<readonly [RevocationKind, number, number]>([
    ['token', 2, 1],
    ['session', 1, 0],
    ['subject', 1, 0],
    ['principal', 1, 1],
    ['client', 1, 0],
    ['issuer', 1, 1],
  ])('gives as many ids as there can be marks on a token: %s', (kind, all, none) => {
    expect(revocationIdsOf(aQuery()).of(kind)).toHaveLength(all);
    const bare = aQuery({
      tokenId: undefined,
      sessionId: undefined,
      subject: undefined,
      clientId: undefined,
    });
    expect(revocationIdsOf(bare).of(kind)).toHaveLength(none);
  });

  it('gives the id of a token’s digest as well, with and without a jti', () => {
    const id = digestKey('digest-1');
    expect(revocationIdsOf(aQuery()).of('token')).toContain(id);
    expect(revocationIdsOf(aQuery({ tokenId: undefined })).of('token')).toEqual([id]);
  });

  it('gives ids for both forms of an issuer that has two', () => {
    const ids = revocationIdsOf(aQuery({ issuers: [issuer, 'as.example.com'] }));
    for (const target of TARGETS) expect(ids.of(target.kind)).toContain(revocationKeyOf(target).id);
    expect(ids.of('subject')).toContain(
      revocationKeyOf({ kind: 'subject', issuer: 'as.example.com', subject: 'ada' }).id,
    );
    expect(ids.of('issuer')).toHaveLength(2);
  });

  it('computes ids when they are first read, and once', () => {
    let read = 0;
    const { tokenDigest: _, ...facts } = aQuery();
    const query = {
      ...facts,
      get tokenDigest() {
        read += 1;
        return 'digest-1';
      },
    };
    const ids = revocationIdsOf(query);
    ids.of('subject');
    expect(read).toBe(0);
    expect(revocationIdsOf(query).of('token')).toBe(ids.of('token'));
    expect(read).toBe(1);
  });
});

describe('markStops', () => {
  it.each([
    [NOW - 1, true],
    [NOW, true],
    [NOW + 0.9, true],
    [NOW + 1, false],
    [undefined, true],
    [Number.NaN, true],
  ])('for a token that was issued at %s and a mark of now: %s', (issuedAt, stops) => {
    expect(markStops({ kind: 'subject', issuedBefore: NOW }, { issuedAt })).toBe(stops);
  });

  it('is true for a mark on the token itself, whenever it was issued', () => {
    for (const issuedBefore of [undefined, NOW]) {
      expect(markStops({ kind: 'token', issuedBefore }, { issuedAt: NOW + 1_000 })).toBe(true);
    }
  });

  it('is true for a mark without issuedBefore', () => {
    expect(markStops({ kind: 'client', issuedBefore: undefined }, { issuedAt: NOW })).toBe(true);
  });
});
