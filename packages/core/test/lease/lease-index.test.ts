import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ISSUER, NOW } from '../../../../test/support/tokens.ts';
import { LeaseIndex } from '../../src/lease/lease-index.ts';
import type { HeldToken } from '../../src/request/held-token.ts';
import type { RevocationMark } from '../../src/stores/revocation-store.ts';
import { type RevocationTarget, revocationKeyOf } from '../../src/stores/revocation-target.ts';
import { aHeld } from './held.ts';

interface Item {
  readonly name: string;
  held: HeldToken;
}

const mark = (
  target: RevocationTarget,
  issuedBefore: number | undefined = NOW,
): RevocationMark => ({
  ...revocationKeyOf(target),
  issuedBefore,
  keptUntil: NOW + 86_400,
});

const ada: Item = { name: 'ada', held: aHeld() };
const adaAgain: Item = { name: 'ada again', held: ada.held };
const grace: Item = {
  name: 'grace',
  held: aHeld({
    token: 'token-2',
    principal: { key: 'user:as:grace', tokenId: 'id-2', sessionId: 'session-2', issuedAt: NOW + 1 },
    verified: { subject: 'grace' },
  }),
};
const stranger: Item = {
  name: 'stranger',
  held: aHeld({
    issuer: 'https://other.example.com',
    principal: { issuer: 'https://other.example.com', key: 'user:other:ada' },
  }),
};
const all = [ada, adaAgain, grace, stranger];

let index: LeaseIndex<Item>;
beforeEach(() => {
  index = new LeaseIndex();
  for (const item of all) index.add(item);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const stopped = (target: RevocationTarget, issuedBefore?: number) =>
  index.stoppedBy(mark(target, issuedBefore), all).map(({ name }) => name);

describe('a mark', () => {
  it.each<readonly [string, RevocationTarget]>([
    ['one token', { kind: 'token', issuer: ISSUER, tokenId: 'id-1' }],
    ['a session', { kind: 'session', issuer: ISSUER, sessionId: 'session-1' }],
    ['a subject', { kind: 'subject', issuer: ISSUER, subject: 'ada' }],
    ['a principal', { kind: 'principal', principalKey: 'user:as:ada' }],
  ])('on %s finds each of its leases, and no other', (_what, target) => {
    expect(stopped(target)).toEqual(['ada', 'ada again']);
  });

  it('on a token by its text finds a token without an id', () => {
    expect(stopped({ kind: 'token', token: 'token-2' })).toEqual(['grace']);
  });

  it('on a client or an issuer finds the tokens that were issued before it', () => {
    const client = { kind: 'client', issuer: ISSUER, clientId: 'web-app' } as const;
    expect(stopped(client)).toEqual(['ada', 'ada again']);
    expect(stopped(client, NOW + 1)).toEqual(['ada', 'ada again', 'grace']);
    const issuer = { kind: 'issuer', issuer: ISSUER } as const;
    expect(stopped(issuer)).toEqual(['ada', 'ada again']);
    expect(stopped(issuer, NOW + 1)).toEqual(['ada', 'ada again', 'grace']);
    expect(stopped({ kind: 'issuer', issuer: 'https://other.example.com' })).toEqual(['stranger']);
    expect(stopped({ kind: 'issuer', issuer: 'https://nobody.example.com' })).toEqual([]);
  });

  it('on an unknown subject finds nothing', () => {
    expect(stopped({ kind: 'principal', principalKey: 'user:as:nobody' })).toEqual([]);
  });

  it('with an id that only begins like another one finds nothing', () => {
    const found = mark({ kind: 'principal', principalKey: 'user:as:ada' });
    const similar = { ...found, id: `${found.id.slice(0, 8)}${'x'.repeat(35)}` };
    expect(index.stoppedBy(similar, all)).toEqual([]);
    expect(index.stoppedBy({ ...found, kind: 'subject' }, all)).toEqual([]);
    expect(index.stoppedBy({ ...found, kind: 'other' as 'subject' }, all)).toEqual([]);
    // Also not if it is the only item with this number.
    const ofGrace = mark({ kind: 'principal', principalKey: 'user:as:grace' }, NOW + 1);
    expect(index.stoppedBy(ofGrace, all)).toEqual([grace]);
    const likeGrace = { ...ofGrace, id: `${ofGrace.id.slice(0, 8)}${'x'.repeat(35)}` };
    expect(index.stoppedBy(likeGrace, all)).toEqual([]);
  });
});

describe('a removed item', () => {
  it('is not found any more, and the others still are', () => {
    const target = { kind: 'principal', principalKey: 'user:as:ada' } as const;
    index.remove(ada);
    expect(stopped(target)).toEqual(['ada again']);
    index.remove(adaAgain);
    expect(stopped(target)).toEqual([]);
    index.add(adaAgain);
    index.add(adaAgain);
    expect(stopped(target)).toEqual(['ada again']);
    const onGrace = { kind: 'subject', issuer: ISSUER, subject: 'grace' } as const;
    expect(stopped(onGrace, NOW + 1)).toEqual(['grace']);
    index.remove(grace);
    expect(stopped(onGrace, NOW + 1)).toEqual([]);
  });

  it('does not remove others with the same 32-bit number', () => {
    index.remove({ name: 'never added', held: grace.held });
    expect(stopped({ kind: 'subject', issuer: ISSUER, subject: 'grace' }, NOW + 1)).toEqual([
      'grace',
    ]);
  });

  it('clear removes everything', () => {
    index.clear();
    expect(stopped({ kind: 'principal', principalKey: 'user:as:ada' })).toEqual([]);
  });
});

describe('the memory of an index', () => {
  /** The numbers with which a method of Map is called during `act`. */
  function numbersOf(method: 'set' | 'delete', act: () => void): readonly number[] {
    const calls = vi.spyOn(Map.prototype, method);
    act();
    const numbers = calls.mock.calls.flatMap(([key]) => (typeof key === 'number' ? [key] : []));
    calls.mockRestore();
    return numbers;
  }

  it('is freed with the last of several leases of one token', () => {
    const own = new LeaseIndex<Item>();
    const taken = numbersOf('set', () => own.add(ada));
    expect(taken.length).toBeGreaterThan(4);
    own.add(adaAgain);
    expect(numbersOf('delete', () => own.remove(ada))).toEqual([]);
    expect(numbersOf('delete', () => own.remove(adaAgain))).toEqual(taken);
  });

  it('has one number for each id, and almost never the same number for two', () => {
    const items = Array.from({ length: 200 }, (_, count): Item => {
      const principal = { key: `user:as:${count}`, tokenId: `${count}`, sessionId: `${count}` };
      return {
        name: '',
        held: aHeld({ token: `${count}`, principal, verified: { subject: `${count}` } }),
      };
    });
    const taken = numbersOf('set', () => {
      const own = new LeaseIndex<Item>();
      for (const item of items) own.add(item);
    });
    // The token by its id and by its text, the session, the subject and the principal. All have the same client.
    expect(new Set(taken).size).toBeGreaterThanOrEqual(200 * 5);
    expect(taken.length).toBeLessThan(200 * 6);
  });
});
