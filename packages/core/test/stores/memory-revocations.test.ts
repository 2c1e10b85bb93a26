import { describe, expect, it } from 'vitest';
import { foreignPromises } from '../../../../test/support/foreign-promises.ts';
import { aClock, NOW } from '../../../../test/support/tokens.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import {
  type MemoryRevocationsOptions,
  memoryRevocations,
} from '../../src/stores/memory-revocations.ts';
import type { RevocationMark, RevocationQuery } from '../../src/stores/revocation-store.ts';
import { isRevocationStoreFullError } from '../../src/stores/revocation-store-full-error.ts';
import { aQuery } from '../revocation/queries.ts';

const issuer = 'https://as.example.com';
const signal = new AbortController().signal;

function aStore(options: MemoryRevocationsOptions = {}) {
  const clock = aClock();
  const revocations = memoryRevocations({ clock, toleranceSec: 0, ...options });
  const isRevoked = (facts: Partial<RevocationQuery> = {}) =>
    revocations.isRevoked(aQuery(facts), { signal });
  return { revocations, clock, isRevoked };
}

describe('a store in memory', () => {
  it('answers without a promise', async () => {
    const { revocations, isRevoked } = aStore();
    expect(isRevoked()).toBe(false);
    await revocations.revokeSubject({ issuer, subject: 'ada' });
    expect(isRevoked()).toBe(true);
  });

  it.each<
    readonly [
      string,
      (store: ReturnType<typeof aStore>) => Promise<unknown>,
      Partial<RevocationQuery>,
    ]
  >([
    [
      'token',
      (s) => s.revocations.revokeToken({ issuer, tokenId: 'token-1' }),
      { tokenId: 'token-2' },
    ],
    [
      'session',
      (s) => s.revocations.revokeSession({ issuer, sessionId: 'session-1' }),
      { sessionId: 's' },
    ],
    ['subject', (s) => s.revocations.revokeSubject({ issuer, subject: 'ada' }), { subject: 'bob' }],
    [
      'principal',
      (s) => s.revocations.revokePrincipal(aQuery().principalKey),
      { principalKey: 'user:a:k' },
    ],
    [
      'client',
      (s) => s.revocations.revokeClient({ issuer, clientId: 'web-app' }),
      { clientId: 'c' },
    ],
    [
      'issuer',
      (s) => s.revocations.revokeIssuer({ issuer }),
      { issuers: ['https://b.example.com'] },
    ],
  ])('finds a mark on a %s, alone and among marks on others', async (_kind, revoke, other) => {
    const store = aStore();
    const { revocations } = store;
    for (const text of ['x', 'y']) {
      await revocations.revokeToken({ issuer, tokenId: text });
      await revocations.revokeSession({ issuer, sessionId: text });
      await revocations.revokeSubject({ issuer, subject: text });
      await revocations.revokePrincipal(`user:a:${text}`);
      await revocations.revokeClient({ issuer, clientId: text });
      await revocations.revokeIssuer({ issuer: text });
    }
    expect(store.isRevoked()).toBe(false);
    await revoke(store);
    expect(store.isRevoked()).toBe(true);
    expect(store.isRevoked(other)).toBe(false);
    const [clientId, sessionId] = [undefined, undefined];
    const bare = {
      tokenId: undefined,
      subject: undefined,
      principalKey: 'user:a:k',
      clientId,
      sessionId,
    };
    expect(store.isRevoked({ ...bare, issuers: ['https://b.example.com'] })).toBe(false);
  });

  it('keeps a mark to its last second, and not longer', async () => {
    const { revocations, clock, isRevoked } = aStore({ retainSec: 60 });
    const { keptUntil } = await revocations.revokeSubject({ issuer, subject: 'ada' });
    clock.set(keptUntil * 1_000 - 1);
    expect(isRevoked()).toBe(true);
    expect(await revocations.list()).toHaveLength(1);
    clock.advance(1);
    expect(isRevoked()).toBe(false);
    expect(await revocations.list()).toEqual([]);
  });

  it('only moves a mark to later times', async () => {
    const { revocations, isRevoked } = aStore();
    const revoke = (issuedBefore: number) =>
      revocations.revokeSubject({ issuer, subject: 'ada' }, { issuedBefore });
    await revoke(NOW - 100);
    expect(isRevoked({ issuedAt: NOW - 99 })).toBe(false);
    expect(await revoke(NOW)).toMatchObject({ issuedBefore: NOW });
    expect(await revoke(NOW - 100)).toMatchObject({ issuedBefore: NOW });
    expect(isRevoked({ issuedAt: NOW })).toBe(true);
    expect(await revoke(NOW + 10)).toMatchObject({ issuedBefore: NOW + 10 });
    expect(isRevoked({ issuedAt: NOW + 10 })).toBe(true);
    expect(isRevoked({ issuedAt: NOW + 11 })).toBe(false);
    expect(await revocations.list()).toHaveLength(1);
  });

  it('keeps a mark longer when it is made again, and never shorter', async () => {
    const { revocations, clock } = aStore({ retainSec: 60 });
    const revoke = () => revocations.revokeToken({ issuer, tokenId: 'token-1' });
    const first = await revoke();
    clock.advanceSec(30);
    const second = await revoke();
    expect(second.keptUntil).toBe(first.keptUntil + 30);
    clock.advanceSec(-20);
    expect((await revoke()).keptUntil).toBe(second.keptUntil);
    expect(second.issuedBefore).toBeUndefined();
  });

  it('removes a mark by clear, and says whether there was one', async () => {
    const { revocations, clock, isRevoked } = aStore({ retainSec: 60 });
    const mark = await revocations.revokeIssuer({ issuer });
    expect(await revocations.clear({ kind: 'issuer', issuer: 'https://b.example.com' })).toBe(
      false,
    );
    expect(await revocations.clear({ kind: 'subject', issuer, subject: 'ada' })).toBe(false);
    expect(isRevoked()).toBe(true);
    expect(await revocations.clear(mark)).toBe(true);
    expect(isRevoked()).toBe(false);
    expect(await revocations.clear(mark)).toBe(false);
    await revocations.revokeIssuer({ issuer });
    clock.advanceSec(62);
    expect(await revocations.clear({ kind: 'issuer', issuer })).toBe(false);
  });

  it('lists marks as they are kept', async () => {
    const { revocations } = aStore();
    const made = [
      await revocations.revokeToken({ token: 'x' }),
      await revocations.revokeSession({ issuer, sessionId: 'x' }),
      await revocations.revokeIssuer({ issuer }),
    ];
    expect(await revocations.list()).toEqual(made);
  });
});

describe('a subscriber', () => {
  function aListener(store: ReturnType<typeof aStore>) {
    const heard: RevocationMark[] = [];
    const end = store.revocations.subscribe?.((mark) => heard.push(mark));
    return { heard, end };
  }

  it('is called once for each mark, as it is kept, until it ends the subscription', async () => {
    const store = aStore();
    const { heard, end } = aListener(store);
    const other = aListener(store);
    const first = await store.revocations.revokePrincipal('user:a:k');
    const second = await store.revocations.revokePrincipal('user:a:k', { issuedBefore: NOW + 10 });
    expect(heard).toEqual([first, second]);
    end?.();
    end?.();
    await store.revocations.revokePrincipal('user:a:l');
    expect(heard).toHaveLength(2);
    expect(other.heard).toHaveLength(3);
  });

  it('is not called for a mark that changes nothing', async () => {
    const store = aStore();
    const { heard } = aListener(store);
    await store.revocations.revokePrincipal('user:a:k');
    await store.revocations.revokePrincipal('user:a:k');
    await store.revocations.revokePrincipal('user:a:k', { issuedBefore: NOW - 1 });
    await store.revocations.revokeToken({ token: 'x' });
    await store.revocations.revokeToken({ token: 'x' });
    expect(heard).toHaveLength(2);
  });

  it('may subscribe twice with one function, and end each subscription by itself', async () => {
    const { revocations } = aStore();
    let heard = 0;
    const listener = () => {
      heard += 1;
    };
    const end = revocations.subscribe?.(listener);
    revocations.subscribe?.(listener);
    end?.();
    await revocations.revokePrincipal('user:a:k');
    expect(heard).toBe(1);
  });

  it('that fails does not stop the others, nor the mark', async () => {
    const store = aStore();
    const { revocations } = store;
    revocations.subscribe?.(() => {
      throw new Error('a fault');
    });
    for (const { rejected } of foreignPromises) {
      revocations.subscribe?.(() => rejected(new Error('a fault')));
    }
    const { heard } = aListener(store);
    await revocations.revokeSubject({ issuer, subject: 'ada' });
    expect(heard).toHaveLength(1);
    expect(store.isRevoked()).toBe(true);
  });

  it('is called after the mark is in effect', async () => {
    const store = aStore();
    const seen: unknown[] = [];
    store.revocations.subscribe?.(() => seen.push(store.isRevoked()));
    await store.revocations.revokeSubject({ issuer, subject: 'ada' });
    expect(seen).toEqual([true]);
  });
});

describe('the limit of marks', () => {
  it('is kept: no mark that is still valid is removed, so one more is refused', async () => {
    const { revocations, clock } = aStore({ maxMarks: 2, retainSec: 60 });
    await revocations.revokePrincipal('user:a:a');
    await revocations.revokeToken({ token: 'b' });
    await expect(revocations.revokePrincipal('user:a:c')).rejects.toThrow(
      'The store of revocations is full',
    );
    // A mark that exists may still be moved to a later time.
    await revocations.revokePrincipal('user:a:a', { issuedBefore: NOW + 10 });
    clock.advanceSec(100);
    await revocations.revokeSession({ issuer, sessionId: 'c' });
    expect(await revocations.list()).toHaveLength(1);
  });

  it('leaves room for others: a holder may have as many marks as are still free, and the application all of them', async () => {
    const { revocations } = aStore({ maxMarks: 16 });
    const flood = async (holder: string) => {
      let made = 0;
      for (;;) {
        const target = { issuer: holder, subject: `s${made}` };
        const outcome = await revocations
          .revokeSubject(target, { holder })
          .catch((e: unknown) => e);
        if (isRevocationStoreFullError(outcome)) return `${made}, ${outcome.full}`;
        made += 1;
      }
    };
    expect(await flood('a')).toBe('8, holder');
    expect(await flood('b')).toBe('4, holder');
    expect(await flood('c')).toBe('2, holder');
    // A mark that a holder has may be moved. Another kind of mark counts, too.
    await revocations.revokeSubject({ issuer: 'a', subject: 's0' }, { holder: 'a' });
    const token = { issuer: 'a', tokenId: 't' };
    await expect(revocations.revokeToken(token, { holder: 'a' })).rejects.toThrow(
      'The store of revocations is full for this holder',
    );
    for (const key of ['k', 'l']) await revocations.revokePrincipal(`user:a:${key}`);
    await expect(revocations.revokePrincipal('user:a:m')).rejects.toThrow(/is full$/);
    // Its marks are moved, and one more is refused.
    expect(await flood('a')).toBe('8, store');
  });

  it('leaves room for a holder again once its marks have expired or were cleared, but not when a mark is made twice', async () => {
    const { revocations, clock } = aStore({ maxMarks: 4, retainSec: 60 });
    const mark = (subject: string) =>
      revocations.revokeSubject({ issuer, subject }, { holder: issuer });
    const kept = await mark('a');
    await mark('a');
    await mark('b');
    await expect(mark('c')).rejects.toThrow('full for this holder');
    await revocations.clear(kept);
    await revocations.clear(kept);
    await mark('c');
    await expect(mark('d')).rejects.toThrow('full for this holder');
    clock.advanceSec(100);
    await mark('d');
    await mark('e');
    await expect(mark('f')).rejects.toThrow('full for this holder');
    await revocations.revokeSubject({ issuer, subject: 'f' });
  });

  it('leaves room again once marks have expired, however many', async () => {
    const { revocations, clock } = aStore({ maxMarks: 500, retainSec: 60 });
    for (let count = 0; count < 500; count++) await revocations.revokePrincipal(`user:a:k${count}`);
    clock.advanceSec(100);
    for (let count = 0; count < 500; count++) await revocations.revokeToken({ token: `t${count}` });
    expect(await revocations.list()).toHaveLength(500);
  });

  it('leaves room again while marks are made, a few at a time', async () => {
    const { revocations, clock } = aStore({ retainSec: 10 });
    for (let count = 0; count < 20; count++)
      await revocations.revokePrincipal(`user:a:old${count}`);
    clock.advanceSec(100);
    const heapOf = async () => (await revocations.list()).length;
    for (let count = 0; count < 5; count++) await revocations.revokePrincipal(`user:a:new${count}`);
    clock.advanceSec(-100);
    // After the clock is set back, marks that were not removed would count again. There are none.
    expect(await heapOf()).toBe(5);
  });
});

describe('its options', () => {
  it.each([0, -1, 1.5, '10', Number.POSITIVE_INFINITY])('maxMarks may not be %s', (maxMarks) => {
    const make = () => memoryRevocations({ maxMarks: maxMarks as number });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(
      'memoryRevocations(): maxMarks must be a whole number from 1. Write: memoryRevocations({ maxMarks: 1_000_000 })',
    );
  });

  it('are known, and errors name this function', () => {
    expect(() => memoryRevocations({ retain: 1 } as never)).toThrow(
      'memoryRevocations() has no option "retain". Did you mean "retainSec"? Its options are: retainSec, toleranceSec, clock, maxMarks',
    );
    expect(() => memoryRevocations({ retainSec: 0 })).toThrow(
      'memoryRevocations(): retainSec must be',
    );
    expect(memoryRevocations({ maxMarks: 1 }).retainSec).toBe(86_400);
  });
});
