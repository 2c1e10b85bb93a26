import { describe, expect, it } from 'vitest';
import { anApi } from './api.ts';
import { anIdentityProvider, type Fault } from './identity-provider.ts';

const SEC = 1_000;

it('200 first requests at the same time cause one metadata and one key-set request, and all pass', async () => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  const api = anApi(provider);
  const tokens = await Promise.all(Array.from({ length: 200 }, () => key.token(api.clock.now())));
  const answers = await Promise.all(tokens.map((token) => api.ask(token)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(200);
  expect(provider.requests).toEqual({ metadata: 1, keys: 1 });
});

it('ready loads the keys before the first request, which then does not wait', async () => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  const api = anApi(provider);
  await api.server.ready();
  expect(provider.requests).toEqual({ metadata: 1, keys: 1 });
  const first = await api.ask(await key.token(api.clock.now()));
  expect(first).toMatchObject({ status: 200, atOnce: true });
  expect(provider.requests).toEqual({ metadata: 1, keys: 1 });
});

const FAULTS: readonly (Fault | 'refuses')[] = [
  'refuses',
  'resets',
  'hangs',
  'hangs in the body',
  'drips',
  'answers 500',
  'truncates',
  'sends 50 MB',
  'redirects',
  'sends HTML',
];

describe.each(FAULTS)('a provider that %s from the start', (fault) => {
  it('causes a 503 with Retry-After, and its recovery is noticed within one pause', async () => {
    const provider = await anIdentityProvider();
    const key = await provider.newKey('k1');
    provider.keys = [key.jwk];
    if (fault === 'refuses') await provider.stop();
    else provider.fail(fault);
    const api = anApi(provider, { keys: { fetchTimeoutMs: 500 } });
    const token = await key.token(api.clock.now());

    const first = await Promise.all([api.ask(token), api.ask(token), api.ask(token)]);
    for (const answer of first) {
      expect(answer).toMatchObject({ status: 503, retryAfter: '1', challenge: undefined });
    }
    expect(api.attempts).toHaveLength(1);
    // During the pause, no request is sent to the provider.
    expect(await api.ask(token)).toMatchObject({ status: 503 });
    expect(api.attempts).toHaveLength(1);
    await expect(api.server.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });

    if (fault === 'refuses') await provider.start();
    else provider.fail(undefined);
    api.clock.pass(1 * SEC);
    expect(await api.ask(token)).toMatchObject({ status: 200 });
    expect(api.attempts).toHaveLength(2);
  });
});

it('metadata of another issuer gives no keys, at the start and later', async () => {
  const provider = await anIdentityProvider();
  const key = await provider.newKey('k1');
  provider.keys = [key.jwk];
  provider.metadata = { issuer: `${provider.issuer}/` };
  const api = anApi(provider);
  const token = await key.token(api.clock.now());
  expect(await api.ask(token)).toMatchObject({ status: 503, retryAfter: '1' });
  expect(provider.requests).toEqual({ metadata: 1, keys: 0 });
  provider.metadata = {};
  api.clock.pass(1 * SEC);
  expect(await api.ask(token)).toMatchObject({ status: 200 });
});
