import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ISSUER, NOW } from '../../../../test/support/tokens.ts';
import type { Lease } from '../../src/lease/lease.ts';
import type { LeaseEnd } from '../../src/lease/lease-end.ts';
import { AuthError, ConfigurationError } from '../../src/model/errors.ts';
import type { Principal } from '../../src/model/principal.ts';
import type { HeldToken } from '../../src/request/held-token.ts';
import { scope } from '../../src/requirement/scope.ts';
import { revocationKeyOf } from '../../src/stores/revocation-target.ts';
import { aHeld } from './held.ts';
import { after, someLeases } from './some-leases.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const causeOf = ({ ended }: Lease) => ended?.cause;
const onAda = revocationKeyOf({ kind: 'principal', principalKey: 'user:as:ada' });
const ADA_OUT = { ...onAda, issuedBefore: NOW, keptUntil: NOW + 86_400 };

describe('a lease', () => {
  it('begins only for a principal that the resource server made', () => {
    const { leases } = someLeases();
    const foreign = aHeld().verified.principal;
    expect(() => leases.begin(foreign, {})).toThrow(ConfigurationError);
    expect(() => leases.begin(foreign, {})).toThrow(
      'Write: resourceServer.lease(await resourceServer.authenticate(view))',
    );
  });

  it('says who is calling and until when, and does not print a token', () => {
    const lease = someLeases().begin({ token: 'a-secret' });
    expect(lease.principal).toMatchObject({ key: 'user:as:ada' });
    expect(lease.expiresAt).toBe(after(600));
    expect(lease.ended).toBeUndefined();
    expect(inspect(lease, { depth: 9, showHidden: true })).not.toContain('a-secret');
    expect(JSON.stringify(lease)).not.toContain('a-secret');
  });

  it('ends once, at `exp` to the millisecond', async () => {
    const { begin, clock, events, pass } = someLeases();
    const lease = begin();
    const ends: LeaseEnd[] = [];
    lease.onEnd((end) => ends.push(end));
    await pass(599);
    clock.advance(999);
    await vi.advanceTimersByTimeAsync(999);
    expect(lease.ended).toBeUndefined();
    clock.advance(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(causeOf(lease)).toBe('expired');
    await pass(5);
    lease.end();
    expect(ends).toEqual([{ cause: 'expired', text: 'token expired', closeCode: 1008 }]);
    expect(causeOf(lease)).toBe('expired');
    expect(events).toEqual([
      { type: 'lease.ended', cause: 'expired', kind: 'user', issuerName: 'as' },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['has expired already', after(-1)],
    ['expires now', NOW],
  ])('of a token that %s has ended from the start', (_what, expiresAt) => {
    const lease = someLeases().begin({ principal: { expiresAt } });
    expect(causeOf(lease)).toBe('expired');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of 40 days does not end early because a timer is limited to 24 days', async () => {
    const { begin, clock } = someLeases();
    const lease = begin({ principal: { expiresAt: after(40 * 86_400) } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lease.ended).toBeUndefined();
    clock.advanceSec(40 * 86_400 - 1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lease.ended).toBeUndefined();
    clock.advanceSec(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(causeOf(lease)).toBe('expired');
  });

  it('ends on the first tick after the machine has slept, with all others that are due', async () => {
    const { begin, clock } = someLeases();
    const [overdue, other, living] = [
      begin(),
      begin(),
      begin({ principal: { expiresAt: after(9_000) } }),
    ];
    clock.advanceSec(8 * 600);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([overdue, other, living].map(causeOf)).toEqual(['expired', 'expired', undefined]);
  });

  it('that does not end keeps one timer of a second', async () => {
    const { begin, pass } = someLeases();
    const leases = Array.from({ length: 50 }, () =>
      begin({ principal: { expiresAt: Number.POSITIVE_INFINITY } }),
    );
    expect(vi.getTimerCount()).toBe(1);
    await pass(120);
    expect(vi.getTimerCount()).toBe(1);
    for (const lease of leases) lease.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is ended by the application without an event', () => {
    const { begin, events } = someLeases();
    const lease = begin();
    lease.end();
    expect(lease.ended).toEqual({ cause: 'released', text: 'closed', closeCode: 1000 });
    expect(events).toEqual([]);
  });

  it('ends when its resource server is closed, and none begins after that', () => {
    const { begin, leases, events, subscriptions } = someLeases({ subscribe: 'works' });
    const [one, two] = [begin(), begin()];
    leases.close();
    expect([one, two, begin()].map(causeOf)).toEqual([
      'server_closed',
      'server_closed',
      'server_closed',
    ]);
    expect(events).toHaveLength(3);
    expect(subscriptions).toEqual({ made: 1, ended: 1 });
    leases.close();
    expect(subscriptions.ended).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a lease that has ended', () => {
  /** Collects garbage: memory that is kept for closed connections would fill up in time. */
  const collect: () => void = (() => {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc');
  })();

  it.each([
    ['', false],
    [', after a renewal with other ids', true],
  ])('is no longer in memory%s', async (_what, isRenewed) => {
    const some = someLeases({ subscribe: 'works' });
    async function anEndedOne(): Promise<WeakRef<object>> {
      const request = { method: 'GET', url: '/chat', header: () => undefined };
      const lease = some.begin({}, { request });
      some.hold({ token: 'token-2', principal: { sessionId: 'session-2', tokenId: 'id-2' } });
      if (isRenewed) await lease.renew('token-2');
      await some.pass(1);
      lease.end();
      return new WeakRef(request);
    }
    const request = await anEndedOne();
    for (let turn = 0; turn < 10 && request.deref() !== undefined; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    expect(request.deref()).toBeUndefined();
    // The subscription to marks is still there.
    expect(some.subscriptions).toEqual({ made: 1, ended: 0 });
  });
});

describe('a listener', () => {
  it('is called once, in order, and the signal is aborted', async () => {
    const lease = someLeases().begin();
    const told: string[] = [];
    lease.onEnd(() => told.push('first'));
    lease.onEnd(() => told.push('second'));
    lease.onEnd(() => told.push('third'));
    lease.signal.addEventListener('abort', () => told.push('signal'));
    expect(lease.signal).toBe(lease.signal);
    expect(lease.signal.aborted).toBe(false);
    lease.end();
    lease.end();
    expect(told).toEqual(['first', 'second', 'third', 'signal']);
    expect(lease.signal.reason).toMatchObject({
      name: 'LeaseEndedError',
      end: { cause: 'released' },
    });
  });

  it('is called at once if the lease has ended already', () => {
    const lease = someLeases().begin({ principal: { expiresAt: NOW } });
    const told: string[] = [];
    lease.onEnd(({ cause }) => told.push(cause));
    expect(told).toEqual(['expired']);
    expect(lease.signal.aborted).toBe(true);
    expect(lease.signal.reason).toMatchObject({ end: { cause: 'expired' } });
  });

  it('may throw or reject without harm', () => {
    const { begin } = someLeases();
    const lease = begin();
    const told: string[] = [];
    lease.onEnd(() => {
      throw new Error('a bug');
    });
    lease.onEnd((async () => {
      throw new Error('another');
    }) as () => void);
    lease.onEnd(() => told.push('last'));
    lease.end();
    expect(told).toEqual(['last']);
    lease.onEnd(() => {
      throw new Error('a bug');
    });
  });

  it('may end other leases', async () => {
    const { begin, pass } = someLeases();
    const [one, two, three] = [begin(), begin(), begin()];
    one.onEnd(() => two.end());
    three.onEnd(() => two.end());
    await pass(600);
    expect([one, three].map(causeOf)).toEqual(['expired', 'expired']);
    expect(two.ended).toBeDefined();
  });
});

describe('a mark', () => {
  it('ends the leases that it applies to at once, and no other', () => {
    const { begin, mark, subscriptions } = someLeases({ subscribe: 'works' });
    const ada = begin();
    const later = begin({ principal: { issuedAt: after(1) } });
    const others = Array.from({ length: 999 }, (_, index) =>
      begin({ principal: { key: `user:as:${index}` }, verified: { subject: String(index) } }),
    );
    mark(ADA_OUT);
    expect(causeOf(ada)).toBe('revoked');
    expect(later.ended).toBeUndefined();
    expect(others.filter(({ ended }) => ended !== undefined)).toEqual([]);
    expect(subscriptions.made).toBe(1);
  });

  it('on an issuer ends all its leases', () => {
    const { begin, mark } = someLeases({ subscribe: 'works' });
    const leases = [begin(), begin({ principal: { key: 'user:as:grace' } })];
    mark({
      ...revocationKeyOf({ kind: 'issuer', issuer: ISSUER }),
      issuedBefore: NOW,
      keptUntil: NOW,
    });
    expect(leases.map(causeOf)).toEqual(['revoked', 'revoked']);
  });

  it('applies to the token of a renewal, not to the one before', async () => {
    const { begin, hold, mark } = someLeases({ subscribe: 'works' });
    const lease = begin({ principal: { sessionId: 'first' } });
    hold({ token: 'token-2', principal: { sessionId: 'second' } });
    await lease.renew('token-2');
    const on = (sessionId: string) => ({
      ...ADA_OUT,
      ...revocationKeyOf({ kind: 'session', issuer: ISSUER, sessionId }),
    });
    mark(on('first'));
    expect(lease.ended).toBeUndefined();
    mark(on('second'));
    expect(causeOf(lease)).toBe('revoked');
  });

  it('that is not a mark does not fail the code that reports it', () => {
    const { begin, mark } = someLeases({ subscribe: 'works' });
    const lease = begin();
    expect(() => mark({ kind: 'session' } as never)).not.toThrow();
    expect(lease.ended).toBeUndefined();
  });

  it('that was made between the check of the token and the lease is noticed at once by a re-check', async () => {
    const { begin, asked } = someLeases({ subscribe: 'works' });
    begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(1);
  });

  it('is not looked for at once if the store does not report marks', async () => {
    const { begin, asked, subscriptions } = someLeases();
    begin();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([asked, subscriptions.made]).toEqual([[], 0]);
  });

  it('is subscribed to again after a failure, which causes an event', () => {
    const { begin, outages, subscriptions } = someLeases({ subscribe: 'throws' });
    expect([begin(), begin()].map(causeOf)).toEqual([undefined, undefined]);
    expect([outages.begun, subscriptions.made]).toEqual([2, 2]);
  });

  it('is subscribed to once, also if the store gives no function to stop', () => {
    const { begin, leases, subscriptions } = someLeases({ subscribe: 'gives nothing' });
    begin();
    begin();
    leases.close();
    expect(subscriptions.made).toBe(1);
  });
});

describe('a re-check', () => {
  it('takes place each recheckSec', async () => {
    const { begin, asked, pass } = someLeases({ options: { recheckSec: 20 } });
    begin();
    await pass(19.75);
    expect(asked).toEqual([]);
    await pass(0.25);
    expect(asked).toEqual(['token-1']);
    await pass(19.75);
    // At random it comes up to a fifth earlier, and never later.
    expect(asked).toHaveLength(2);
    await pass(200);
    expect(asked.length).toBeGreaterThanOrEqual(12);
    expect(asked.length).toBeLessThanOrEqual(16);
  });

  it('comes at different times for leases that began together', async () => {
    let next = 0;
    const random = () => {
      next = (next + 0.01) % 1;
      return next;
    };
    const { begin, asked, pass } = someLeases({ random });
    for (let count = 0; count < 100; count++) begin();
    const perSecond: number[] = [];
    for (let second = 0; second < 30; second++) {
      const before = asked.length;
      await pass(1);
      perSecond.push(asked.length - before);
    }
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(8);
    expect(asked.length).toBeGreaterThanOrEqual(95);
  });

  it.each([
    ['token_revoked', 'revoked'],
    ['token_inactive', 'revoked'],
    ['key_unknown', 'key_withdrawn'],
    ['issuer_unknown', 'issuer_removed'],
    ['claims_rejected', 'refused'],
  ] as const)('ends the lease of a token that is refused with %s', async (reason, cause) => {
    const some = someLeases();
    const lease = some.begin();
    some.answer = () => {
      throw new AuthError(reason);
    };
    await some.pass(30);
    expect(causeOf(lease)).toBe(cause);
    expect(some.events).toMatchObject([{ type: 'lease.ended', cause }]);
    await some.pass(60);
    expect(some.asked).toHaveLength(1);
  });

  it('updates the lease with what the answer says now', async () => {
    const some = someLeases({ subscribe: 'works' });
    const lease = some.begin();
    some.answer = ({ verified: { principal } }) =>
      aHeld({ principal: { ...(principal as object), expiresAt: after(900), sessionId: 'other' } });
    await some.pass(1);
    expect(lease.expiresAt).toBe(after(900));
    await some.pass(600);
    expect(lease.ended).toBeUndefined();
    some.mark({
      ...ADA_OUT,
      ...revocationKeyOf({ kind: 'session', issuer: ISSUER, sessionId: 'other' }),
    });
    expect(causeOf(lease)).toBe('revoked');
    expect(some.asked.length).toBeLessThan(30);
  });

  it('ends the lease when the answer is about another caller', async () => {
    const some = someLeases();
    const lease = some.begin();
    some.answer = () => aHeld({ principal: { key: 'user:as:grace' } });
    await some.pass(30);
    expect(causeOf(lease)).toBe('refused');
  });

  it('runs for at most 500 tokens at the same time, and for all in the end', async () => {
    const some = someLeases({ random: () => 0 });
    const answers: (() => void)[] = [];
    some.answer = (held) => new Promise<HeldToken>((resolve) => answers.push(() => resolve(held)));
    for (let count = 0; count < 1_200; count++) some.begin({ token: `token-${count}` });
    await some.pass(0.25);
    expect(answers).toHaveLength(500);
    const open = answers.length;
    for (const answer of answers.splice(0)) answer();
    await some.pass(1);
    expect(open + answers.length).toBeLessThanOrEqual(1_000);
    for (let round = 0; round < 4; round++) {
      for (const answer of answers.splice(0)) answer();
      await some.pass(1);
    }
    expect(new Set(some.asked).size).toBe(1_200);
  });

  it('does not keep a lease beyond its end', async () => {
    const some = someLeases();
    const lease = some.begin();
    some.answer = () => new Promise<HeldToken>(() => {});
    await some.pass(599);
    expect(some.asked).toHaveLength(1);
    await some.pass(1);
    expect(causeOf(lease)).toBe('expired');
  });

  it('is ignored for a lease that has ended in the meantime', async () => {
    const some = someLeases();
    const lease = some.begin();
    let fail: (error: unknown) => void = () => {};
    some.answer = () => new Promise<HeldToken>((_, reject) => (fail = reject));
    await some.pass(30);
    lease.end();
    fail(new AuthError('token_revoked'));
    await some.pass(1);
    expect([causeOf(lease), some.events]).toEqual(['released', []]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an outage', () => {
  const failing = (options = {}) => {
    const some = someLeases({ options: { recheckSec: 10, outageGraceSec: 60, ...options } });
    some.answer = () => {
      throw new AuthError('revocation_unavailable');
    };
    return some;
  };

  it('ends no lease before outageGraceSec is over', async () => {
    const some = failing();
    const lease = some.begin();
    await some.pass(10 + 59.75);
    expect(lease.ended).toBeUndefined();
    await some.pass(0.25);
    expect(lease.ended).toEqual({ cause: 'unavailable', text: 'try again later', closeCode: 1013 });
  });

  it('that is over in time ends no lease, and the next one has its own grace time', async () => {
    const some = failing();
    const lease = some.begin();
    const { answer } = some;
    await some.pass(60);
    some.answer = (held) => held;
    await some.pass(20);
    some.answer = answer;
    await some.pass(60);
    expect(lease.ended).toBeUndefined();
    await some.pass(15);
    expect(causeOf(lease)).toBe('unavailable');
  });

  it('does not prolong a token', async () => {
    const some = failing();
    const lease = some.begin({ principal: { expiresAt: after(30) } });
    await some.pass(30);
    expect(causeOf(lease)).toBe('expired');
  });

  it('ends a lease at once with outageGraceSec: 0', async () => {
    const some = failing({ outageGraceSec: 0 });
    const lease = some.begin();
    await some.pass(10);
    expect(causeOf(lease)).toBe('unavailable');
  });

  it('is assumed for every error that is not an AuthError', async () => {
    const some = failing();
    some.answer = () => {
      throw new Error('a bug');
    };
    const lease = some.begin();
    await some.pass(30);
    expect(lease.ended).toBeUndefined();
    await some.pass(41);
    expect(causeOf(lease)).toBe('unavailable');
  });

  it('is over with a renewal', async () => {
    const some = failing();
    const lease = some.begin();
    some.hold({ token: 'token-2' });
    await some.pass(60);
    await lease.renew('token-2');
    await some.pass(60);
    expect(lease.ended).toBeUndefined();
  });
});

describe('a renewal', () => {
  it('gives the lease a new end, which may be earlier', async () => {
    const some = someLeases();
    const lease = some.begin();
    some.hold({ token: 'longer', principal: { expiresAt: after(900) } });
    some.hold({ token: 'shorter', principal: { expiresAt: after(700) } });
    expect(await lease.renew('longer')).toMatchObject({ expiresAt: after(900) });
    await some.pass(600);
    expect(lease.ended).toBeUndefined();
    await lease.renew('shorter');
    expect(lease.principal.expiresAt).toBe(after(700));
    await some.pass(100);
    expect(causeOf(lease)).toBe('expired');
  });

  it('with a token of another caller is refused, and the lease keeps its old end', async () => {
    const some = someLeases();
    const lease = some.begin();
    some.hold({ token: 'grace', principal: { key: 'user:as:grace', expiresAt: after(900) } });
    await expect(lease.renew('grace')).rejects.toMatchObject({ reason: 'renewal_mismatch' });
    await expect(lease.renew('junk')).rejects.toMatchObject({ reason: 'token_malformed' });
    await some.pass(599);
    expect(lease.ended).toBeUndefined();
    await some.pass(1);
    expect(causeOf(lease)).toBe('expired');
  });

  it('with a principal that the server did not make is refused', async () => {
    const some = someLeases({ authenticate: () => aHeld().verified.principal });
    await expect(some.begin().renew('token')).rejects.toMatchObject({ reason: 'renewal_mismatch' });
  });

  it('must meet the requirements of the lease', async () => {
    const asked: string[] = [];
    const some = someLeases({
      hold(_principal, { description }) {
        asked.push(description);
        if (description === scope('b').description) throw new AuthError('scope_missing');
      },
    });
    const requirements = [scope('a'), scope('b')];
    const lease = some.begin({}, { requirements });
    requirements.length = 0;
    some.hold({ token: 'token-2', principal: { expiresAt: after(900) } });
    await expect(lease.renew('token-2')).rejects.toMatchObject({ reason: 'scope_missing' });
    expect(asked).toEqual([scope('a').description, scope('b').description]);
    expect(lease.expiresAt).toBe(after(600));
  });

  it('has no requirements if the lease has none', async () => {
    const asked: unknown[] = [];
    const some = someLeases({ hold: (_principal, requirement) => asked.push(requirement) });
    const lease = some.begin();
    some.hold({ token: 'token-2', principal: { expiresAt: after(900) } });
    await lease.renew('token-2');
    expect([lease.expiresAt, asked]).toEqual([after(900), []]);
  });

  it('is checked with its proof, against the request that opened the connection', async () => {
    const presented: unknown[] = [];
    const held = aHeld();
    const some = someLeases({
      authenticate(presentation) {
        presented.push([presentation.token, presentation.scheme, presentation.request?.url]);
        return held.verified.principal;
      },
    });
    const request = { method: 'GET', url: '/chat', header: () => undefined };
    const lease = some.begin({}, { request });
    await lease.renew('t', 'p').catch(() => {});
    await lease.renew('t').catch(() => {});
    expect(presented).toEqual([
      ['t', 'dpop', '/chat'],
      ['t', 'bearer', '/chat'],
    ]);
  });

  it('has no effect if the lease ends while its token is verified', async () => {
    let answer: (principal: Principal) => void = () => {};
    const some = someLeases({
      authenticate: () => new Promise<Principal>((resolve) => (answer = resolve)),
    });
    const lease = some.begin();
    const renewed = some.hold({ token: 'token-2', principal: { expiresAt: after(900) } });
    const outcome = lease.renew('token-2');
    await some.pass(600);
    expect(causeOf(lease)).toBe('expired');
    answer(renewed.verified.principal);
    await expect(outcome).rejects.toMatchObject({ reason: 'lease_ended' });
    expect(lease.expiresAt).toBe(after(600));
    await some.pass(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of a lease that has ended is refused without verifying the token', async () => {
    const some = someLeases();
    const lease = some.begin();
    lease.end();
    await expect(lease.renew('junk')).rejects.toMatchObject({ reason: 'lease_ended' });
  });

  it('ends the lease if there are too many', async () => {
    const some = someLeases();
    const lease = some.begin();
    for (let count = 0; count < 10; count++) await lease.renew('junk').catch(() => {});
    expect(lease.ended).toBeUndefined();
    await expect(lease.renew('token-1')).rejects.toMatchObject({ reason: 'lease_ended' });
    expect(lease.ended).toEqual({
      cause: 'renewed_too_often',
      text: 'too many renewals',
      closeCode: 1008,
    });
  });

  it('makes a running re-check of the old token irrelevant, and its own token is checked', async () => {
    const some = someLeases({ subscribe: 'works' });
    const lease = some.begin();
    some.hold({ token: 'token-2' });
    let fail: (error: unknown) => void = () => {};
    some.answer = () => new Promise<HeldToken>((_, reject) => (fail = reject));
    await some.pass(0.25);
    await lease.renew('token-2');
    some.answer = (held) => held;
    fail(new AuthError('token_revoked'));
    await some.pass(1);
    expect(lease.ended).toBeUndefined();
    expect(some.asked).toEqual(['token-1', 'token-2']);
  });
});

describe('onRenewalDue', () => {
  it('calls once, a minute before the end, and again after a renewal', async () => {
    const some = someLeases();
    const lease = some.begin();
    let told = 0;
    lease.onRenewalDue(() => {
      told += 1;
    });
    await some.pass(539.75);
    expect(told).toBe(0);
    await some.pass(0.25);
    expect(told).toBe(1);
    await some.pass(30);
    expect(told).toBe(1);
    some.hold({ token: 'token-2', principal: { expiresAt: after(700) } });
    await lease.renew('token-2');
    await some.pass(69.75);
    expect(told).toBe(1);
    await some.pass(0.25);
    expect(told).toBe(2);
    await some.pass(60);
    expect([told, causeOf(lease)]).toEqual([2, 'expired']);
  });

  it('calls earlier if that is asked for, and at once if the time has passed', async () => {
    const some = someLeases();
    const told: string[] = [];
    some.begin().onRenewalDue(() => told.push('early'), { bySec: 590 });
    some.begin({ principal: { expiresAt: after(30) } }).onRenewalDue(() => told.push('passed'));
    await some.pass(0.25);
    expect(told).toEqual(['passed']);
    await some.pass(9.75);
    expect(told).toEqual(['passed', 'early']);
  });

  it('calls only the latest listener', async () => {
    const some = someLeases();
    const lease = some.begin();
    const told: string[] = [];
    lease.onRenewalDue(() => told.push('first'));
    lease.onRenewalDue(() => told.push('second'), { bySec: 30 });
    await some.pass(600);
    expect(told).toEqual(['second']);
  });

  it('does not stop the checks for marks', async () => {
    const some = someLeases({ subscribe: 'works' });
    some.begin().onRenewalDue(() => {});
    await some.pass(0.25);
    expect(some.asked).toHaveLength(1);
  });

  it('does no harm when the listener throws, rejects, or ends the lease', async () => {
    const some = someLeases();
    const [throwing, rejecting, ending] = [some.begin(), some.begin(), some.begin()];
    throwing.onRenewalDue(() => {
      throw new Error('a bug');
    });
    rejecting.onRenewalDue((async () => {
      throw new Error('another');
    }) as () => void);
    ending.onRenewalDue(() => ending.end());
    await some.pass(541);
    expect([throwing, rejecting, ending].map(causeOf)).toEqual([undefined, undefined, 'released']);
    await some.pass(60);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not call for a lease that has ended', async () => {
    const some = someLeases();
    const lease = some.begin();
    lease.end();
    let told = 0;
    lease.onRenewalDue(() => {
      told += 1;
    });
    await some.pass(600);
    expect([told, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it.each([0, 86_401, '60', Number.NaN])('refuses bySec: %s', (bySec) => {
    const lease = someLeases().begin();
    expect(() => lease.onRenewalDue(() => {}, { bySec: bySec as number })).toThrow(
      'onRenewalDue(): bySec must be a number of seconds from 1 to 86400. Write: lease.onRenewalDue(listener, { bySec: 60 })',
    );
    expect(() => lease.onRenewalDue(() => {}, { by: 60 } as object)).toThrow('has no option "by"');
  });

  it.each([1, 86_400])('accepts bySec: %s', (bySec) => {
    expect(() =>
      someLeases()
        .begin()
        .onRenewalDue(() => {}, { bySec }),
    ).not.toThrow();
  });
});

describe('a clock', () => {
  it('that is set back ends no lease early, and leases are still checked', async () => {
    const some = someLeases();
    const lease = some.begin();
    some.clock.advanceSec(-3_600);
    await some.pass(60);
    expect(lease.ended).toBeUndefined();
    await some.pass(3_600 + 540);
    expect(causeOf(lease)).toBe('expired');
  });
});
