import { expect, it } from 'vitest';
import { type Api, anApi } from './api.ts';
import { anIdentityProvider, type Fault, type ProviderKey, withKid } from './identity-provider.ts';
import { OUTAGES, type Outage } from './outages.ts';

// The figures of the suite, with the machine's own clock. A busy machine is late by some milliseconds:
const LATE_MS = 500;
const realTime = { clock: { now: () => Date.now() } };
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Timed {
  readonly status: number;
  readonly ms: number;
}

async function timed(api: Api, token: string): Promise<Timed> {
  const start = performance.now();
  const { status } = await api.ask(token);
  return { status, ms: performance.now() - start };
}

/** Sends a request every few milliseconds until `end`, without waiting for the answers. */
async function load(
  api: Api,
  token: () => string,
  { everyMs, end }: { readonly everyMs: number; readonly end: number },
): Promise<readonly Timed[]> {
  const answers: Promise<Timed>[] = [];
  while (Date.now() < end) {
    answers.push(timed(api, token()));
    await sleep(everyMs);
  }
  return Promise.all(answers);
}

const statuses = (answers: readonly Timed[]) => [...new Set(answers.map(({ status }) => status))];
const slowest = (answers: readonly Timed[]) => Math.max(...answers.map(({ ms }) => ms));

it('2,000 made-up kids in 2 s cause one fetch, known kids pass, and a real one passes within 6 s', async () => {
  const provider = await anIdentityProvider();
  const [known, genuine] = [await provider.newKey('known'), await provider.newKey('genuine')];
  provider.keys = [known.jwk];
  const api = anApi(provider, { ...realTime, cache: false });
  const good = await known.token(Date.now());
  const fresh = await genuine.token(Date.now());
  await api.server.ready();

  const madeUp: Promise<Timed>[] = [];
  const goodOnes: Promise<Timed>[] = [];
  const begin = Date.now();
  let accepted: number | undefined;
  for (let n = 0; Date.now() - begin < 8_000; n += 1) {
    for (let burst = 0; burst < 20; burst += 1) {
      madeUp.push(timed(api, withKid(good, `made-up-${n}-${burst}`)));
    }
    goodOnes.push(timed(api, good));
    if (n === 25) provider.keys = [known.jwk, genuine.jwk];
    if (n >= 25 && accepted === undefined && (await timed(api, fresh)).status === 200) {
      accepted = Date.now() - begin;
    }
    if (Date.now() - begin < 2_000) expect(api.attempts.length).toBeLessThanOrEqual(2);
    await sleep(18);
  }
  expect(madeUp.length).toBeGreaterThan(2_000);
  expect(statuses(await Promise.all(madeUp))).toEqual([401]);
  expect(statuses(await Promise.all(goodOnes))).toEqual([200]);
  expect(accepted).toBeLessThanOrEqual(6_000);
});

it.each<Fault>(['hangs', 'hangs in the body', 'drips'])(
  'a provider that %s from the start causes 503 within the default of 5 s, and recovers within a pause',
  async (fault) => {
    const provider = await anIdentityProvider();
    const key = await provider.newKey('k1');
    provider.keys = [key.jwk];
    provider.fail(fault);
    const api = anApi(provider, realTime);
    const token = await key.token(Date.now());
    const first = await Promise.all([timed(api, token), timed(api, token)]);
    expect(statuses(first)).toEqual([503]);
    expect(slowest(first)).toBeLessThan(5_000 + LATE_MS);
    provider.fail(undefined);
    await sleep(1_000);
    expect(await timed(api, token)).toMatchObject({ status: 200 });
  },
);

it('in outages of every kind, all pass until the keys are too old, and no request waits beyond the time limit', async () => {
  await Promise.all(OUTAGES.map(anOutage));
});

async function anOutage({ what, begin, end }: Outage): Promise<void> {
  const [freshMs, staleMs, limitMs] = [3_000, 12_000, 1_500];
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  const api = anApi(provider, {
    ...realTime,
    keys: {
      freshForSec: freshMs / 1_000,
      staleForSec: staleMs / 1_000,
      fetchTimeoutMs: limitMs,
      backoffInitialMs: 200,
      backoffMaxMs: 2_000,
    },
  });
  const token = await key.token(Date.now());
  await api.server.ready();
  const loadedAt = Date.now();
  await begin(provider);

  const through = await load(api, () => token, {
    everyMs: 20,
    end: loadedAt + freshMs + staleMs - LATE_MS,
  });
  expect(statuses(through), what).toEqual([200]);
  expect(slowest(through), what).toBeLessThan(limitMs + LATE_MS);
  // The pauses are 200, 400, 800, 1,600 and then 2,000 ms, each at least half: at most 5 attempts in the first second.
  expect(api.attempts.length, what).toBeLessThanOrEqual(1 + 5 + 14);
  expect(api.attempts.length, what).toBeGreaterThan(3);

  await sleep(2 * LATE_MS);
  const beyond = await load(api, () => token, { everyMs: 50, end: Date.now() + 3_000 });
  expect(statuses(beyond), what).toEqual([503]);
  expect(slowest(beyond), what).toBeLessThan(limitMs + LATE_MS);

  await end(provider);
  await sleep(limitMs + 2_000);
  expect(await timed(api, token), what).toMatchObject({ status: 200 });
}

it('10 rotations in 20,000 requests, each key published one refresh interval before, refuse no valid token', async () => {
  const freshMs = 1_000;
  const provider = await anIdentityProvider();
  const api = anApi(provider, {
    ...realTime,
    cache: false,
    keys: { freshForSec: freshMs / 1_000 },
  });
  const tokensOf = (key: ProviderKey) =>
    Promise.all(Array.from({ length: 50 }, () => key.token(Date.now())));
  let signing = await provider.newKey('k0');
  let tokens = await tokensOf(signing);
  const answers: Timed[] = [];
  for (let rotation = 1; rotation <= 10; rotation += 1) {
    const next = await provider.newKey(`k${rotation}`);
    provider.keys = [signing.jwk, next.jwk];
    const published = Date.now();
    for (let n = 0; n < 2_000 || Date.now() - published < freshMs; n += 50) {
      answers.push(...(await Promise.all(tokens.map((token) => timed(api, token)))));
      await sleep(freshMs / 40);
    }
    [signing, tokens] = [next, await tokensOf(next)];
  }
  expect(answers.length).toBeGreaterThanOrEqual(20_000);
  expect(statuses(answers)).toEqual([200]);
});

it('the refresh is not visible in any latency, although the provider takes 600 ms for each answer', async () => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  provider.delayMs = 600;
  const api = anApi(provider, { ...realTime, keys: { freshForSec: 8 } });
  const token = await key.token(Date.now());
  await api.server.ready();
  const answers = await load(api, () => token, { everyMs: 5, end: Date.now() + 20_000 });
  expect(statuses(answers)).toEqual([200]);
  expect(api.attempts.length).toBeGreaterThanOrEqual(3);
  expect(slowest(answers)).toBeLessThan(300);
});
