import { expect, it } from 'vitest';
import { anApi } from './api.ts';
import { anIdentityProvider, type ProviderKey } from './identity-provider.ts';

const MIN = 60_000;
const REFRESH_INTERVAL = 10 * MIN;

it('tokens of a withdrawn key are refused after the next refresh, also cached ones', async () => {
  const provider = await anIdentityProvider();
  const [kept, withdrawn] = [await provider.newKey('kept'), await provider.newKey('withdrawn')];
  provider.keys = [kept.jwk, withdrawn.jwk];
  const api = anApi(provider);
  const good = await kept.token(api.clock.now());
  const cached = await withdrawn.token(api.clock.now());
  expect(await api.ask(good)).toMatchObject({ status: 200 });
  expect(await api.ask(cached)).toMatchObject({ status: 200 });
  expect(await api.ask(cached)).toMatchObject({ status: 200, atOnce: true });

  provider.keys = [kept.jwk];
  api.clock.pass(REFRESH_INTERVAL);
  expect(await api.ask(good)).toMatchObject({ status: 200 });
  expect(await api.ask(cached)).toMatchObject({ status: 401 });
  expect(await api.ask(await withdrawn.token(api.clock.now()))).toMatchObject({ status: 401 });
  expect(await api.ask(good)).toMatchObject({ status: 200, atOnce: true });
  expect(api.events).toContainEqual({ type: 'keys.withdrawn', issuer: provider.issuer, keys: 1 });
});

it('a key that is published and used at once is accepted after one fetch', async () => {
  const provider = await anIdentityProvider();
  const [former, next] = [await provider.newKey('former'), await provider.newKey('next')];
  provider.keys = [former.jwk];
  const api = anApi(provider);
  await api.server.ready();
  provider.keys = [former.jwk, next.jwk];
  const tokens = await Promise.all([1, 2, 3].map(() => next.token(api.clock.now())));
  const answers = await Promise.all(tokens.map((token) => api.ask(token)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(provider.requests).toEqual({ metadata: 2, keys: 2 });
});

it('a key without kid that replaces another one without notice is accepted after one fetch', async () => {
  const provider = await anIdentityProvider();
  const [former, next] = [await provider.newKey(undefined), await provider.newKey(undefined)];
  provider.keys = [former.jwk];
  const api = anApi(provider);
  const old = await former.token(api.clock.now());
  expect(await api.ask(old)).toMatchObject({ status: 200 });
  provider.keys = [next.jwk];
  const tokens = await Promise.all([1, 2, 3].map(() => next.token(api.clock.now())));
  const answers = await Promise.all(tokens.map((token) => api.ask(token)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(provider.requests).toEqual({ metadata: 2, keys: 2 });
  // The key may have come back, so the keys are fetched once more.
  expect(await api.ask(old)).toMatchObject({ status: 401 });
  expect(provider.requests).toEqual({ metadata: 3, keys: 3 });
});

it('10 rotations under load, each key published one refresh interval before, refuse no valid token', async () => {
  const provider = await anIdentityProvider();
  // Without the token cache, every request looks for its key.
  const api = anApi(provider, { cache: false });
  const tokensOf = (key: ProviderKey) =>
    Promise.all(Array.from({ length: 20 }, () => key.token(api.clock.now())));

  let signing = await provider.newKey('k0');
  let signed = await tokensOf(signing);
  let former: ProviderKey | undefined;
  let formerSigned: readonly string[] = [];
  provider.keys = [signing.jwk];
  const statuses = new Map<number, number>();
  let asked = 0;
  for (let rotation = 1; rotation <= 10; rotation += 1) {
    const next = await provider.newKey(`k${rotation}`);
    provider.keys = [former?.jwk, signing.jwk, next.jwk].filter((jwk) => jwk !== undefined);
    // Requests for one refresh interval; then the new key signs, and the one before the last is withdrawn.
    for (let turn = 0; turn < 100; turn += 1) {
      const tokens = turn % 2 === 0 ? signed : [...formerSigned, ...signed].slice(0, 20);
      const answers = await Promise.all(tokens.map((token) => api.ask(token)));
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      asked += answers.length;
      api.clock.pass(REFRESH_INTERVAL / 100);
    }
    [former, formerSigned] = [signing, signed.slice(0, 10)];
    [signing, signed] = [next, await tokensOf(next)];
  }
  expect(asked).toBe(20_000);
  expect(Object.fromEntries(statuses)).toEqual({ 200: 20_000 });
}, 60_000);
