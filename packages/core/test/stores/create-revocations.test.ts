import { describe, expect, it } from 'vitest';
import { aClock, NOW } from '../../../../test/support/tokens.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import {
  createRevocations,
  type RevocationKeeper,
  type RevocationsOptions,
} from '../../src/stores/create-revocations.ts';
import type { RevocationMark, RevocationMarkKey } from '../../src/stores/revocation-store.ts';
import { revocationKeyOf } from '../../src/stores/revocation-target.ts';
import { aQuery } from '../revocation/queries.ts';

const issuer = 'https://as.example.com';

/** Revocations over a keeper that only records its calls. */
function aStore(options: RevocationsOptions = {}, rest: Partial<RevocationKeeper> = {}) {
  const kept: RevocationMark[] = [];
  const dropped: RevocationMarkKey[] = [];
  const holders: unknown[] = [];
  const keeper: RevocationKeeper = {
    async keep(mark, holder) {
      kept.push(mark);
      holders.push(holder);
      return mark;
    },
    async drop(key) {
      dropped.push(key);
      return true;
    },
    list: () => kept,
    isRevoked: () => false,
    ...rest,
  };
  const clock = aClock();
  const revocations = createRevocations('aStore()', keeper, { clock, ...options });
  return { revocations, kept, dropped, holders, clock };
}

describe('a mark', () => {
  it('is made for the application, or for the holder that is given', async () => {
    const { revocations, holders } = aStore();
    const ways = (options?: { readonly holder: string }) => [
      revocations.revokeToken({ token: 't' }, options),
      revocations.revokeSession({ issuer, sessionId: 's' }, options),
      revocations.revokeSubject({ issuer, subject: 's' }, options),
      revocations.revokePrincipal('user:a:k', options),
      revocations.revokeClient({ issuer, clientId: 'c' }, options),
      revocations.revokeIssuer({ issuer }, options),
    ];
    await Promise.all([...ways(), ...ways({ holder: 'https://idp.partner.com' })]);
    expect(holders).toEqual([
      ...new Array(6).fill(undefined),
      ...new Array(6).fill('https://idp.partner.com'),
    ]);
    for (const holder of ['', 1, null]) {
      await expect(revocations.revokePrincipal('user:a:k', { holder } as never)).rejects.toThrow(
        "Write: { holder: 'https://idp.partner.com' }, or leave it out",
      );
    }
    await expect(
      revocations.revokeToken({ token: 't' }, { issuedBefore: NOW } as never),
    ).rejects.toThrow('has no option "issuedBefore"');
    expect(holders).toHaveLength(12);
  });

  it('that is made now also applies to tokens that are issued a little later, because clocks differ', async () => {
    const { revocations } = aStore({ toleranceSec: 7 });
    const { issuedBefore } = await revocations.revokePrincipal('user:a:b');
    expect(issuedBefore).toBe(NOW + 7);
  });

  it('has whole seconds, and includes the current one', async () => {
    const { revocations, clock } = aStore({ toleranceSec: 0 });
    clock.advance(400);
    expect((await revocations.revokePrincipal('user:a:k')).issuedBefore).toBe(NOW);
    const options = { issuedBefore: NOW - 10.5 };
    expect((await revocations.revokePrincipal('user:a:k', options)).issuedBefore).toBe(NOW - 11);
  });

  it('applies up to the given time, and at most a minute into the future', async () => {
    const { revocations } = aStore({ toleranceSec: 300 });
    const reach = async (issuedBefore: number) =>
      (await revocations.revokeIssuer({ issuer }, { issuedBefore })).issuedBefore;
    expect(await reach(NOW - 3_600)).toBe(NOW - 3_600);
    expect(await reach(NOW + 60)).toBe(NOW + 60);
    expect(await reach(NOW + 61)).toBe(NOW + 60);
    expect(await reach(NOW + 365 * 86_400)).toBe(NOW + 60);
    // Milliseconds instead of seconds, by mistake.
    expect(await reach(NOW * 1_000)).toBe(NOW + 60);
  });

  it('is kept longer than every token that it applies to, however old', async () => {
    const { revocations, clock } = aStore({ retainSec: 3_600, toleranceSec: 5 });
    clock.advance(1);
    // Now, the tolerance for the issuer's clock, a lifetime, our own tolerance, and a second for the fraction.
    const keptUntil = NOW + 6 + 3_600 + 5 + 1;
    expect((await revocations.revokePrincipal('user:a:k')).keptUntil).toBe(keptUntil);
    expect((await revocations.revokeToken({ token: 't' })).keptUntil).toBe(keptUntil);
    const early = { issuedBefore: NOW - 10_000 };
    expect((await revocations.revokePrincipal('user:a:k', early)).keptUntil).toBe(keptUntil);
    const ahead = { issuedBefore: NOW + 30 };
    expect((await revocations.revokePrincipal('user:a:k', ahead)).keptUntil).toBe(NOW + 30 + 3_606);
  });

  it('on one token applies whenever that was issued', async () => {
    const { revocations } = aStore();
    const mark = await revocations.revokeToken({ issuer, tokenId: 'x' });
    expect(mark).toHaveProperty('issuedBefore', undefined);
    expect(Object.isFrozen(mark)).toBe(true);
  });

  it('is kept a day by default, and applies five seconds into the future', async () => {
    const { revocations } = aStore();
    expect(revocations).toMatchObject({ retainSec: 86_400, toleranceSec: 5 });
    expect(await revocations.revokePrincipal('user:a:k')).toMatchObject({
      issuedBefore: NOW + 5,
      keptUntil: NOW + 5 + 86_400 + 5 + 1,
    });
  });

  it('uses the clock of the machine if no other is given', async () => {
    const { revocations } = aStore({ clock: undefined });
    const before = Date.now() / 1_000;
    const { issuedBefore = 0 } = await revocations.revokePrincipal('user:a:k');
    expect(issuedBefore).toBeGreaterThanOrEqual(Math.floor(before + 5));
    expect(issuedBefore).toBeLessThanOrEqual(Date.now() / 1_000 + 5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '5', null, new Date(0)])(
    'is not made for %s',
    async (issuedBefore) => {
      const { revocations, kept } = aStore();
      const made = revocations.revokePrincipal('user:a:k', {
        issuedBefore: issuedBefore as number,
      });
      await expect(made).rejects.toThrow(
        'issuedBefore must be a number of seconds since the epoch. Write: { issuedBefore: 1_800_000_000 }',
      );
      expect(kept).toEqual([]);
    },
  );
});

describe('each function to revoke', () => {
  it('makes the mark on its target', async () => {
    const { revocations, kept } = aStore();
    const options = { issuedBefore: NOW };
    await revocations.revokeToken({ issuer, tokenId: 'x' });
    await revocations.revokeToken({ token: 'x' });
    await revocations.revokeSession({ issuer, sessionId: 'x' }, options);
    await revocations.revokeSubject({ issuer, subject: 'x' }, options);
    await revocations.revokePrincipal('user:a:x', options);
    await revocations.revokeClient({ issuer, clientId: 'x' }, options);
    await revocations.revokeIssuer({ issuer }, options);
    const targets = [
      { kind: 'token', issuer, tokenId: 'x' },
      { kind: 'token', token: 'x' },
      { kind: 'session', issuer, sessionId: 'x' },
      { kind: 'subject', issuer, subject: 'x' },
      { kind: 'principal', principalKey: 'user:a:x' },
      { kind: 'client', issuer, clientId: 'x' },
      { kind: 'issuer', issuer },
    ] as const;
    expect(kept.map(({ kind, id }) => ({ kind, id }))).toEqual(targets.map(revocationKeyOf));
    expect(kept.map(({ issuedBefore }) => issuedBefore)).toEqual([
      undefined,
      undefined,
      NOW,
      NOW,
      NOW,
      NOW,
      NOW,
    ]);
    expect(await revocations.list()).toEqual(kept);
  });

  it('refuses an id in the place of a principal key, since the mark would apply to nobody', async () => {
    const { revocations } = aStore();
    for (const id of ['u-17', 'user:', 'machine:a:b', 'User:a:b']) {
      await expect(revocations.revokePrincipal(id)).rejects.toThrow(
        'Write: revokePrincipal(principal.key)',
      );
    }
    expect(await revocations.list()).toEqual([]);
  });

  it('rejects, and does not throw, for a target with a missing member', async () => {
    const { revocations } = aStore();
    const nothing = {} as never;
    for (const made of [
      () => revocations.revokeToken(nothing),
      () => revocations.revokeSession(nothing),
      () => revocations.revokeSubject(nothing),
      () => revocations.revokePrincipal(nothing),
      () => revocations.revokeClient(nothing),
      () => revocations.revokeIssuer(nothing),
      () => revocations.clear(nothing),
    ]) {
      await expect(made()).rejects.toThrow(TypeError);
    }
  });

  it('rejects when the mark cannot be kept, and otherwise gives what is kept', async () => {
    const fault = new Error('down');
    const failing = aStore({}, { keep: () => Promise.reject(fault) });
    await expect(failing.revocations.revokePrincipal('user:a:k')).rejects.toBe(fault);
    const other: RevocationMark = { kind: 'client', id: 'x', issuedBefore: 1, keptUntil: 2 };
    const { revocations } = aStore({}, { keep: () => other });
    expect(await revocations.revokePrincipal('user:a:k')).toBe(other);
  });

  it('refuses a misspelled option', async () => {
    const made = aStore().revocations.revokePrincipal('user:a:k', { issueBefore: NOW } as never);
    await expect(made).rejects.toThrow(ConfigurationError);
    await expect(made).rejects.toThrow('revokePrincipal() has no option "issueBefore"');
  });
});

describe('clear', () => {
  it('accepts a mark, or what it applies to', async () => {
    const { revocations, dropped } = aStore();
    const mark = await revocations.revokeSubject({ issuer, subject: 'x' });
    expect(await revocations.clear(mark)).toBe(true);
    await revocations.clear({ kind: 'subject', issuer, subject: 'x' });
    const { kind, id } = mark;
    expect(dropped).toEqual([
      { kind, id },
      { kind, id },
    ]);
  });
});

describe('the keeper', () => {
  it('gets the questions as they are', async () => {
    const asked: unknown[] = [];
    const { revocations } = aStore(
      {},
      { isRevoked: (...given) => Promise.resolve(asked.push(given) === 1) },
    );
    const query = aQuery();
    const options = { signal: new AbortController().signal };
    expect(await revocations.isRevoked(query, options)).toBe(true);
    expect(asked).toEqual([[query, options]]);
  });

  it('reports marks if it can, and then the store does', () => {
    expect(aStore().revocations).not.toHaveProperty('subscribe');
    const end = () => {};
    const listeners: unknown[] = [];
    /** A keeper that stores nothing. Its `subscribe` needs its own `this`. */
    class Keeper implements RevocationKeeper {
      readonly #listeners = listeners;
      keep = (mark: RevocationMark) => mark;
      drop = () => false;
      list = () => [];
      isRevoked = () => false;
      subscribe(listener: unknown) {
        this.#listeners.push(listener);
        return end;
      }
    }
    const revocations = createRevocations('aStore()', new Keeper());
    const listener = () => {};
    expect(revocations.subscribe?.(listener)).toBe(end);
    expect(listeners).toEqual([listener]);
    expect(Object.isFrozen(revocations)).toBe(true);
  });
});

describe('the options', () => {
  it.each([
    [{ retainSec: 1 }],
    [{ retainSec: 315_360_000 }],
    [{ toleranceSec: 0 }],
    [{ toleranceSec: 300 }],
  ])('may have %o', (options) => {
    expect(aStore(options).revocations).toMatchObject(options);
  });

  it.each([
    [{ retainSec: 0 }, 'retainSec', '1 to 315360000. Write: retainSec: 86400'],
    [{ retainSec: 315_360_001 }, 'retainSec', '1 to 315360000. Write: retainSec: 86400'],
    [{ retainSec: 1.5 }, 'retainSec', '1 to'],
    [{ retainSec: '60' }, 'retainSec', '1 to'],
    [{ retainSec: Number.NaN }, 'retainSec', '1 to'],
    [{ toleranceSec: -1 }, 'toleranceSec', '0 to 300. Write: toleranceSec: 5'],
    [{ toleranceSec: 301 }, 'toleranceSec', '0 to 300. Write: toleranceSec: 5'],
    [{ toleranceSec: 0.5 }, 'toleranceSec', '0 to'],
    [{ toleranceSec: '5' }, 'toleranceSec', '0 to'],
  ])('may not have %o', (options, name, range) => {
    const make = () => aStore(options as RevocationsOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(`aStore(): ${name} must be a whole number of seconds from ${range}`);
  });
});
