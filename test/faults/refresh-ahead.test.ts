import { expect, it } from 'vitest';
import { anApi } from './api.ts';
import { anIdentityProvider } from './identity-provider.ts';

const FRESH = 600_000;

it('no request waits for the refresh in the background, although the provider does not answer', async () => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  const api = anApi(provider, { keys: { fetchTimeoutMs: 500 } });
  const cached = await key.token(api.clock.now());
  expect(await api.ask(cached)).toMatchObject({ status: 200 });

  provider.fail('hangs');
  api.clock.pass(0.8 * FRESH);
  // The request is answered while the attempt that it started is running.
  expect(await api.ask(cached)).toMatchObject({ status: 200, atOnce: true });
  await new Promise((resolve) => setImmediate(resolve));
  expect(api.attempts).toHaveLength(2);
  expect(await api.ask(cached)).toMatchObject({ status: 200, atOnce: true });
  expect(await api.ask(await key.token(api.clock.now()))).toMatchObject({ status: 200 });
  expect(api.events.map(({ type }) => type)).not.toContain('keys.refresh_failed');

  // When the keys are not fresh any more, the failure is already known, so no request waits.
  await api.idle();
  provider.fail(undefined);
  api.clock.pass(1_000);
  expect(await api.ask(cached)).toMatchObject({ status: 200, atOnce: true });
  await api.idle();
  expect(api.events.at(-1)).toMatchObject({ type: 'keys.refreshed' });
});

it('under steady requests keys never get old, with one refresh per interval', async () => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  const api = anApi(provider);
  const token = await key.token(api.clock.now());
  await api.ask(token);
  for (let minute = 0; minute < 120; minute += 1) {
    api.clock.pass(60_000);
    expect(await api.ask(token)).toMatchObject({ status: 200, atOnce: true });
    await api.idle();
  }
  // Keys are fresh for ten minutes: twelve times in two hours. A refresh starts after 72 to 80 % of that, with the next
  // request, which comes each minute: so after eight minutes, and at most 15 times.
  expect(api.attempts.length).toBeGreaterThanOrEqual(1 + 12);
  expect(api.attempts.length).toBeLessThanOrEqual(1 + 15);
});

it('max-age of the key set is used, up to an hour', async () => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  provider.cacheControl = 'public, max-age=86400';
  const api = anApi(provider);
  const token = await key.token(api.clock.now());
  await api.ask(token);
  api.clock.pass(0.7 * 3_600_000);
  await api.ask(token);
  await api.idle();
  expect(api.attempts).toHaveLength(1);
  api.clock.pass(0.1 * 3_600_000);
  await api.ask(token);
  await api.idle();
  expect(api.attempts).toHaveLength(2);
});
