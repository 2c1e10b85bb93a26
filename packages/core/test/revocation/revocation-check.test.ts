import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { foreignPromises, unreadablePromise } from '../../../../test/support/foreign-promises.ts';
import { aClock, aToken, ISSUER, NOW } from '../../../../test/support/tokens.ts';
import { isThenable } from '../../src/lib/maybe-promise.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { ADAPTER_SIDE, type AdapterSide } from '../../src/request/adapter-side.ts';
import type { RevocationOptions } from '../../src/revocation/revocation-options.ts';
import { memoryRevocations } from '../../src/stores/memory-revocations.ts';
import type { RevocationAskOptions, RevocationStore } from '../../src/stores/revocation-store.ts';
import { outcomeOf, refusalOf } from '../errors-of.ts';
import { aResourceServer } from '../resource-servers.ts';

type Answer = (options: RevocationAskOptions) => unknown;

/** A resource server whose store gives the configured answer. Its events are recorded. */
function asking(answer: Answer, options: Partial<RevocationOptions> = {}) {
  const events: AuthEvent[] = [];
  const isRevoked = (_query: unknown, ask: RevocationAskOptions) => answer(ask);
  const store = { retainSec: 3_600, isRevoked } as RevocationStore;
  const server = aResourceServer({
    revocation: { store, ...options },
    onEvent: (event) => events.push(event),
  });
  const outages = () => events.filter(({ type }) => type.startsWith('store.'));
  return {
    server,
    outages,
    events,
    verify: (token = aToken()) => outcomeOf(() => server.verify(token)),
  };
}

const FAULT = new Error('a database is down');

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  vi.useRealTimers();
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

describe('a store that answers', () => {
  it.each<readonly [string, Answer, Answer]>([
    ['at once', () => true, () => false],
    ['by a promise', async () => true, async () => false],
    ...foreignPromises.map(
      ({ name, resolved }) => [`by ${name}`, () => resolved(true), () => resolved(false)] as const,
    ),
  ])('decides when it answers %s', async (_how, yes, no) => {
    expect(await asking(yes).verify()).toBe('token_revoked');
    expect(await asking(no).verify()).toBe('accepted');
    expect(asking(no).outages()).toEqual([]);
  });

  it('causes a 401 that names the issuer in its event', async () => {
    const { server, events } = asking(() => true);
    const error = await refusalOf(() => server.verify(aToken()));
    expect(error).toMatchObject({ code: 'invalid_token', issuerName: ISSUER, status: 401 });
    expect(events.filter(({ type }) => type.startsWith('request.'))).toEqual([
      {
        type: 'request.refused',
        code: 'invalid_token',
        reason: 'token_revoked',
        issuerName: ISSUER,
        kind: 'user',
      },
    ]);
  });

  it('may be asked by explain() without an event about an outage', async () => {
    const { server, outages, verify } = asking(() => {
      throw FAULT;
    });
    expect(await server.explain(aToken())).toMatchObject({ accepted: false });
    expect(outages()).toEqual([]);
    expect(await verify()).toBe('revocation_unavailable');
    expect(outages()).toHaveLength(1);
  });

  it('is asked on every request, also for cached tokens', async () => {
    const answers = [false, false, true, false];
    const { verify } = asking(() => answers.shift());
    const token = aToken();
    const outcomes = [];
    for (let times = 0; times < 4; times++) outcomes.push(await verify(token));
    expect(outcomes).toEqual(['accepted', 'accepted', 'token_revoked', 'accepted']);
  });

  it('without a promise causes no promise and no signal', async () => {
    const signals: unknown[] = [];
    const { server } = asking((options) => {
      signals.push(Object.keys(options));
      return false;
    });
    const token = aToken();
    await server.verify(token);
    const side: AdapterSide = Reflect.get(server, ADAPTER_SIDE);
    const header = (name: string) => (name === 'authorization' ? `Bearer ${token}` : undefined);
    expect(isThenable(side.admit({ method: 'GET', url: '/', header }, false))).toBe(false);
    expect(signals).toEqual([[], []]);
  });

  it('is not asked about a token that is refused for another reason', async () => {
    let asked = 0;
    const { verify } = asking(() => {
      asked += 1;
      return false;
    });
    expect(await verify(aToken({ exp: NOW - 60 }))).toBe('expired');
    expect(await verify(aToken({ cnf: { jkt: 'x' } }))).toBe('sender_constraint_unsupported');
    expect(asked).toBe(0);
  });

  it('is called with its own this', async () => {
    class Store implements RevocationStore {
      readonly retainSec = 3_600;
      readonly #revoked = new Set(['token-1']);
      isRevoked({ tokenId = '' }: { readonly tokenId: string | undefined }) {
        return this.#revoked.has(tokenId);
      }
    }
    const server = aResourceServer({ revocation: { store: new Store() } });
    expect(await outcomeOf(() => server.verify(aToken()))).toBe('token_revoked');
    expect(await outcomeOf(() => server.verify(aToken({ jti: 'x' })))).toBe('accepted');
  });
});

/** Answers that are not valid. */
const FAULTS: readonly (readonly [string, Answer])[] = [
  [
    'throws',
    () => {
      throw FAULT;
    },
  ],
  ['rejects', () => Promise.reject(FAULT)],
  ...foreignPromises.map(
    ({ name, rejected }) => [`rejects by ${name}`, () => rejected(FAULT)] as const,
  ),
  ['gives an object whose `then` cannot be read', () => unreadablePromise(FAULT)],
  ['gives nothing', () => undefined],
  ['gives null', async () => null],
  ['gives 0', async () => 0],
  ['gives an empty text', () => ''],
];

/** Values that JavaScript treats as true, as databases and clients may give them. */
const TRUTHY: readonly (readonly [string, Answer])[] = [
  ['gives 1, as EXISTS of Redis does', async () => 1],
  ['gives a row', () => ({ id: 1 })],
  ["gives 'OK'", () => 'OK'],
  ['gives a promise of a promise-like that is truthy', async () => [false]],
];

describe.each([...FAULTS, ...TRUTHY])('a store that %s', (_what, answer) => {
  it('is an outage: 503, and no valid token is called revoked', async () => {
    const { server, outages } = asking(answer);
    const error = await refusalOf(() => server.verify(aToken()));
    expect(error).toMatchObject({
      reason: 'revocation_unavailable',
      code: 'temporarily_unavailable',
      status: 503,
    });
    expect(error.cause).toBeInstanceOf(Error);
    expect(outages()).toEqual([{ type: 'store.failed', store: 'revocation', outcome: 'refused' }]);
  });
});

describe.each(FAULTS)('with onOutage: accept, a store that %s', (_what, answer) => {
  it('lets tokens in, and one event says so', async () => {
    const { verify, outages } = asking(answer, { onOutage: 'accept' });
    for (let times = 0; times < 3; times++) expect(await verify()).toBe('accepted');
    expect(outages()).toEqual([{ type: 'store.failed', store: 'revocation', outcome: 'accepted' }]);
  });
});

describe.each(TRUTHY)('with onOutage: accept, a store that %s', (_what, answer) => {
  it('refuses the token, because the answer may mean yes', async () => {
    const { verify, outages } = asking(answer, { onOutage: 'accept' });
    expect(await verify()).toBe('token_revoked');
    expect(outages()).toHaveLength(1);
  });
});

describe('an outage', () => {
  it('ends by itself, and causes one event at its begin and one at its end', async () => {
    let isUp = false;
    const { verify, outages } = asking(async () => {
      if (!isUp) throw FAULT;
      return false;
    });
    const outcomes = [await verify(), await verify()];
    isUp = true;
    outcomes.push(await verify(), await verify());
    expect(outcomes).toEqual([
      'revocation_unavailable',
      'revocation_unavailable',
      'accepted',
      'accepted',
    ]);
    expect(outages().map(({ type }) => type)).toEqual(['store.failed', 'store.recovered']);
  });

  it('also ends when the next answer is that a token was revoked', async () => {
    const answers: unknown[] = [undefined, true];
    const { verify, outages } = asking(() => answers.shift());
    expect([await verify(), await verify()]).toEqual(['revocation_unavailable', 'token_revoked']);
    expect(outages()).toHaveLength(2);
  });

  it('has a cause that says what was wrong with an answer, without quoting it', async () => {
    const { server } = asking(() => 'eyJ.secret');
    const { cause } = await refusalOf(() => server.verify(aToken()));
    expect(cause).toEqual(
      new TypeError('isRevoked() of the revocation store returned neither true nor false'),
    );
  });

  it('has the error of the store as its cause, which clients do not see', async () => {
    const { server } = asking(() => Promise.reject(FAULT));
    const error = await refusalOf(() => server.verify(aToken()));
    expect(error.cause).toBe(FAULT);
    expect(JSON.stringify(server.refusal(error))).not.toContain(FAULT.message);
  });
});

describe('a store that does not answer', () => {
  it.each([
    ['refuse', 'revocation_unavailable'],
    ['accept', 'accepted'],
  ] as const)('is given the configured time: %s', async (onOutage, outcome) => {
    vi.useFakeTimers();
    const signals: AbortSignal[] = [];
    const hangs: Answer = ({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const { verify, outages } = asking(hangs, { onOutage, timeoutMs: 100 });
    let settled: string | undefined;
    const pending = verify().then((result) => {
      settled = result;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(settled).toBeUndefined();
    expect(signals[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await pending;
    expect(settled).toBe(outcome);
    expect(signals[0]?.aborted).toBe(true);
    expect(signals[0]?.reason).toMatchObject({
      name: 'TimeoutError',
      message: 'The revocation store took too long',
    });
    expect(outages()).toHaveLength(1);
  });

  it('is given a quarter of a second by default', async () => {
    vi.useFakeTimers();
    const { verify } = asking(() => new Promise(() => {}));
    const pending = verify();
    await vi.advanceTimersByTimeAsync(250);
    expect(await pending).toBe('revocation_unavailable');
  });

  it('may fail later without harm, and its late answer is ignored', async () => {
    vi.useFakeTimers();
    const late: { resolve(value: boolean): void; reject(error: unknown): void }[] = [];
    const { verify, outages } = asking(
      () => new Promise((resolve, reject) => late.push({ resolve, reject })),
    );
    const pending = [verify(), verify()];
    await vi.advanceTimersByTimeAsync(250);
    late[0]?.reject(FAULT);
    late[1]?.resolve(false);
    expect(await Promise.all(pending)).toEqual([
      'revocation_unavailable',
      'revocation_unavailable',
    ]);
    await vi.advanceTimersByTimeAsync(1);
    expect(outages()).toHaveLength(1);
  });

  it('leaves no timer behind after an answer or a failure', async () => {
    vi.useFakeTimers();
    const answers = [Promise.resolve(false), Promise.reject(FAULT)];
    const { verify } = asking(() => answers.shift());
    expect(await verify()).toBe('accepted');
    expect(await verify()).toBe('revocation_unavailable');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not keep the process alive', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const before = timers().length;
    const { verify } = asking(() => new Promise(() => {}), { timeoutMs: 20 });
    const pending = verify();
    expect(timers()).toHaveLength(before);
    expect(await pending).toBe('revocation_unavailable');
  });
});

describe('a token that lives longer than a mark', () => {
  const verify = (retainSec: number, claims: object) => {
    const store = { retainSec, isRevoked: () => false };
    return outcomeOf(() =>
      aResourceServer({ revocation: { store } }).verify(aToken({ ...claims })),
    );
  };

  it.each([
    ['as long as a mark is kept', 600, { iat: NOW, exp: NOW + 600 }, 'accepted'],
    ['a second longer', 599, { iat: NOW, exp: NOW + 600 }, 'lifetime_too_long'],
    ['longer, of which little is left', 60, { iat: NOW - 600, exp: NOW + 30 }, 'lifetime_too_long'],
    ['a moment, told by a clock that is ahead', 60, { iat: NOW + 5, exp: NOW + 65 }, 'accepted'],
    ['from the far future', 60, { iat: NOW + 600, exp: NOW + 660 }, 'lifetime_too_long'],
    ['for ever, where nothing is forgotten', Number.POSITIVE_INFINITY, { exp: 9e12 }, 'accepted'],
  ])('%s', async (_what, retainSec, claims, outcome) => {
    expect(await verify(retainSec, claims)).toBe(outcome);
  });

  it('is recognized by the time that is left, if it has no iat', async () => {
    const { custom } = await import('../../src/providers/custom.ts');
    const { jwks } = await import('../../../../test/support/tokens.ts');
    const issuer = custom({ issuer: ISSUER, jwks, classify: () => 'user' });
    const store = { retainSec: 595, isRevoked: () => false };
    const server = aResourceServer({
      issuer,
      audience: 'https://api.example.com',
      revocation: { store },
    });
    const outcome = (exp: number) =>
      outcomeOf(() => server.verify(aToken({ iat: undefined, exp })));
    expect(await outcome(NOW + 600)).toBe('accepted');
    expect(await outcome(NOW + 601)).toBe('lifetime_too_long');
  });

  it('causes a hint with the option for the operator, not for the client', async () => {
    const events: AuthEvent[] = [];
    const store = memoryRevocations({ retainSec: 60, clock: aClock() });
    const server = aResourceServer({
      revocation: { store },
      onEvent: (event) => events.push(event),
    });
    const error = await refusalOf(() => server.verify(aToken()));
    expect(error.hint).toContain('memoryRevocations({ retainSec: 864_000 })');
    expect(events.filter(({ type }) => type.startsWith('request.'))).toEqual([
      {
        type: 'request.refused',
        code: 'invalid_token',
        reason: 'lifetime_too_long',
        issuerName: ISSUER,
        hint: error.hint,
        kind: 'user',
      },
    ]);
    expect((await server.explain(aToken())).hint).toBe(error.hint);
    expect(JSON.stringify([server.refusal(error), error])).not.toContain('retainSec');
  });

  it('is refused without a question to the store', async () => {
    let asked = 0;
    const isRevoked = () => {
      asked += 1;
      return false;
    };
    const server = aResourceServer({ revocation: { store: { retainSec: 60, isRevoked } } });
    expect(await outcomeOf(() => server.verify(aToken()))).toBe('lifetime_too_long');
    expect(asked).toBe(0);
  });
});

describe('explain', () => {
  it('emits nothing about an outage; requests do', async () => {
    const { server, outages } = asking(() => Promise.reject(FAULT));
    const { steps } = await server.explain(aToken());
    expect(steps.at(-1)).toMatchObject({ outcome: 'fail', reason: 'revocation_unavailable' });
    expect(outages()).toEqual([]);
  });

  it('shows the step revocation, and asks the store', async () => {
    const store = memoryRevocations({ clock: aClock() });
    const server = aResourceServer({ revocation: { store } });
    const stepOf = async () =>
      (await server.explain(aToken())).steps.find(({ step }) => step === 'revocation');
    expect(await stepOf()).toEqual({ step: 'revocation', outcome: 'pass' });
    await store.revokeSubject({ issuer: ISSUER, subject: 'ada' });
    expect(await stepOf()).toEqual({
      step: 'revocation',
      outcome: 'fail',
      reason: 'token_revoked',
      description: 'The access token was revoked',
    });
    expect((await server.explain(aToken())).rule).toBeDefined();
    expect((await server.explain(aToken())).hint).toBeUndefined();
  });

  it('has no step revocation if it is not configured, because it would seem to have passed', async () => {
    const { accepted, steps } = await aResourceServer().explain(aToken());
    expect(accepted).toBe(true);
    expect(steps.map(({ step }) => step)).not.toContain('revocation');
  });
});
