import { describe, expect, it } from 'vitest';
import { anApi } from './api.ts';
import { anIdentityProvider } from './identity-provider.ts';
import { OUTAGES } from './outages.ts';

const SEC = 1_000;
const MIN = 60 * SEC;
const HOUR = 60 * MIN;
const FRESH = 10 * MIN;
const STALE = 6 * HOUR;

describe.each(OUTAGES)('a provider that $what once keys are loaded', ({ begin, end }) => {
  it('stops no valid token before the keys are too old, and is asked no more often than the pauses allow', async () => {
    const provider = await anIdentityProvider();
    const key = await provider.newKey('k1');
    provider.keys = [key.jwk];
    const api = anApi(provider, { keys: { fetchTimeoutMs: 500 } });
    const cached = await key.token(api.clock.now());
    const loadedAt = api.clock.now();
    expect(await api.ask(cached)).toMatchObject({ status: 200 });
    await begin(provider);

    // The first request after the keys are not fresh waits for the provider, at most for the time limit of a fetch.
    api.clock.pass(FRESH);
    expect(await api.ask(cached)).toMatchObject({ status: 200 });
    // From then on the failure is known, and no request waits.
    for (let second = 0; second < 20; second += 1) {
      expect(await api.ask(cached)).toMatchObject({ status: 200, atOnce: true });
      expect(await api.ask(await key.token(api.clock.now()))).toMatchObject({ status: 200 });
      await api.idle();
      api.clock.pass(1 * SEC);
    }
    expectPauses(api.attempts.slice(1));

    // Hours later, up to the last moment in which the keys may be used.
    api.clock.pass(loadedAt + FRESH + STALE - 1 - api.clock.now());
    expect(await api.ask(cached)).toMatchObject({ status: 200 });
    await api.idle();
    api.clock.pass(1);
    for (const token of [cached, await key.token(api.clock.now())]) {
      expect(await api.ask(token)).toMatchObject({
        status: 503,
        retryAfter: expect.stringMatching(/^[1-9]\d?$/),
        challenge: undefined,
      });
    }
    expect(api.events.filter(({ type }) => type === 'keys.stale').length).toBeGreaterThan(3);

    // It recovers by itself within one pause.
    await end(provider);
    api.clock.pass(30 * SEC);
    expect(await api.ask(cached)).toMatchObject({ status: 200 });
  });
});

/** Each pause is twice the one before, up to a half shorter. A request comes once a second. */
function expectPauses(attempts: readonly number[]): void {
  expect(attempts.length).toBeGreaterThan(3);
  for (let n = 1; n < attempts.length; n += 1) {
    const pause = (attempts[n] ?? 0) - (attempts[n - 1] ?? 0);
    const longest = Math.min(1_000 * 2 ** (n - 1), 30_000);
    expect(pause).toBeGreaterThanOrEqual(longest / 2);
    expect(pause).toBeLessThanOrEqual(longest + 1 * SEC);
  }
}

it('a process that starts during the outage uses the last snapshot', async () => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  const snapshots = new Map<string, string>();
  const keySnapshots = {
    load: async (issuer: string) => JSON.parse(snapshots.get(issuer) ?? 'null'),
    save: async (issuer: string, snapshot: object) => {
      snapshots.set(issuer, JSON.stringify(snapshot));
    },
  };
  const before = anApi(provider, { keySnapshots });
  await before.server.ready();
  await before.idle();
  expect([...snapshots.keys()]).toEqual([provider.issuer]);

  await provider.stop();
  const after = anApi(provider, { keySnapshots });
  const token = await key.token(after.clock.now());
  expect(await after.ask(token)).toMatchObject({ status: 200 });
  await expect(after.server.ready()).resolves.toBeUndefined();
  after.clock.pass(FRESH + STALE);
  expect(await after.ask(token)).toMatchObject({ status: 503 });
});
