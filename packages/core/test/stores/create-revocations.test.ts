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

/** Revocations over a keeper that only notes what it is told. */
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
      revocations.revokePrincipal('k', options),
      revocations.revokeClient({ issuer, clientId: 'c' }, options),
      revocations.revokeIssuer({ issuer }, options),
    ];
    await Promise.all([...ways(), ...ways({ holder: 'https://idp.partner.com' })]);
    expect(holders).toEqual([
      ...new Array(6).fill(undefined),
      ...new Array(6).fill('https://idp.partner.com'),
    ]);
    for (const holder of ['', 1, null]) {
      await expect(revocations.revokePrincipal('k', { holder } as never)).rejects.toThrow(
        "Write: { holder: 'https://idp.partner.com' }, or leave it out",
      );
    }
    await expect(
      revocations.revokeToken({ token: 't' }, { issuedBefore: NOW } as never),
    ).rejects.toThrow('has no option "issuedBefore"');
    expect(holders).toHaveLength(12);
  });

  it('that is made now reaches as far beyond it as clocks may differ', async () => {
    const { revocations } = aStore({ toleranceSec: 7 });
    const { issuedBefore } = await revocations.revokePrincipal('user:a:b');
    expect(issuedBefore).toBe(NOW + 7);
  });

  it('has whole seconds: the one that is passing counts', async () => {
    const { revocations, clock } = aStore({ toleranceSec: 0 });
    clock.advance(400);
    expect((await revocations.revokePrincipal('k')).issuedBefore).toBe(NOW);
    const options = { issuedBefore: NOW - 10.5 };
    expect((await revocations.revokePrincipal('k', options)).issuedBefore).toBe(NOW - 11);
  });

  it('reaches where it is told to, and no further than a minute ahead', async () => {
    const { revocations } = aStore({ toleranceSec: 300 });
    const reach = async (issuedBefore: number) =>
      (await revocations.revokeIssuer({ issuer }, { issuedBefore })).issuedBefore;
    expect(await reach(NOW - 3_600)).toBe(NOW - 3_600);
    expect(await reach(NOW + 60)).toBe(NOW + 60);
    expect(await reach(NOW + 61)).toBe(NOW + 60);
    expect(await reach(NOW + 365 * 86_400)).toBe(NOW + 60);
    // Milliseconds by mistake.
    expect(await reach(NOW * 1_000)).toBe(NOW + 60);
  });

  it('outlives every token that it is on, however far back it reaches', async () => {
    const { revocations, clock } = aStore({ retainSec: 3_600, toleranceSec: 5 });
    clock.advance(1);
    // Now, the tolerance of the issuer's clock, a lifetime, our own tolerance, and a second for the fraction.
    const keptUntil = NOW + 6 + 3_600 + 5 + 1;
    expect((await revocations.revokePrincipal('k')).keptUntil).toBe(keptUntil);
    expect((await revocations.revokeToken({ token: 't' })).keptUntil).toBe(keptUntil);
    const early = { issuedBefore: NOW - 10_000 };
    expect((await revocations.revokePrincipal('k', early)).keptUntil).toBe(keptUntil);
    const ahead = { issuedBefore: NOW + 30 };
    expect((await revocations.revokePrincipal('k', ahead)).keptUntil).toBe(NOW + 30 + 3_606);
  });

  it('on one token holds whenever that was issued', async () => {
    const { revocations } = aStore();
    const mark = await revocations.revokeToken({ issuer, tokenId: 'x' });
    expect(mark).toHaveProperty('issuedBefore', undefined);
    expect(Object.isFrozen(mark)).toBe(true);
  });

  it('is kept a day by default, and reaches five seconds', async () => {
    const { revocations } = aStore();
    expect(revocations).toMatchObject({ retainSec: 86_400, toleranceSec: 5 });
    expect(await revocations.revokePrincipal('k')).toMatchObject({
      issuedBefore: NOW + 5,
      keptUntil: NOW + 5 + 86_400 + 5 + 1,
    });
  });

  it('is made by the time of the machine, where no clock is given', async () => {
    const { revocations } = aStore({ clock: undefined });
    const before = Date.now() / 1_000;
    const { issuedBefore = 0 } = await revocations.revokePrincipal('k');
    expect(issuedBefore).toBeGreaterThanOrEqual(Math.floor(before + 5));
    expect(issuedBefore).toBeLessThanOrEqual(Date.now() / 1_000 + 5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '5', null, new Date(0)])(
    'is not made until %s',
    async (issuedBefore) => {
      const { revocations, kept } = aStore();
      const made = revocations.revokePrincipal('k', { issuedBefore: issuedBefore as number });
      await expect(made).rejects.toThrow(
        'issuedBefore is a number of seconds since the epoch. Write: { issuedBefore: 1_800_000_000 }',
      );
      expect(kept).toEqual([]);
    },
  );
});

describe('each way to revoke', () => {
  it('makes the mark on its target', async () => {
    const { revocations, kept } = aStore();
    const options = { issuedBefore: NOW };
    await revocations.revokeToken({ issuer, tokenId: 'x' });
    await revocations.revokeToken({ token: 'x' });
    await revocations.revokeSession({ issuer, sessionId: 'x' }, options);
    await revocations.revokeSubject({ issuer, subject: 'x' }, options);
    await revocations.revokePrincipal('x', options);
    await revocations.revokeClient({ issuer, clientId: 'x' }, options);
    await revocations.revokeIssuer({ issuer }, options);
    const targets = [
      { kind: 'token', issuer, tokenId: 'x' },
      { kind: 'token', token: 'x' },
      { kind: 'session', issuer, sessionId: 'x' },
      { kind: 'subject', issuer, subject: 'x' },
      { kind: 'principal', principalKey: 'x' },
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

  it('rejects, and does not throw, for what is nothing', async () => {
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

  it('rejects when the mark could not be kept, and gives what is kept', async () => {
    const fault = new Error('down');
    const failing = aStore({}, { keep: () => Promise.reject(fault) });
    await expect(failing.revocations.revokePrincipal('k')).rejects.toBe(fault);
    const other: RevocationMark = { kind: 'client', id: 'x', issuedBefore: 1, keptUntil: 2 };
    const { revocations } = aStore({}, { keep: () => other });
    expect(await revocations.revokePrincipal('k')).toBe(other);
  });

  it('refuses an option that is misspelled', async () => {
    const made = aStore().revocations.revokePrincipal('k', { issueBefore: NOW } as never);
    await expect(made).rejects.toThrow(ConfigurationError);
    await expect(made).rejects.toThrow('The options of a revocation has no option "issueBefore"');
  });
});

describe('clear', () => {
  it('takes a mark, or what it is on', async () => {
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

describe('the port', () => {
  it('passes questions on as they are', async () => {
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

  it('tells of marks where the keeper does, and only there', () => {
    expect(aStore().revocations).not.toHaveProperty('subscribe');
    const end = () => {};
    const listeners: unknown[] = [];
    /** Keeps nothing, and needs its own `this` to be subscribed to. */
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
  ])('%o is in its range', (options) => {
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
  ])('%o is not', (options, name, range) => {
    const make = () => aStore(options as RevocationsOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(`aStore(): ${name} is a whole number of seconds from ${range}`);
  });
});
