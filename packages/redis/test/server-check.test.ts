import { ConfigurationError } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { keyNames } from '../src/key-names.ts';
import { checkServer } from '../src/server-check.ts';
import { fakeRedis } from './fake-redis.ts';

const names = keyNames('a');

const SETTINGS = { retainSec: 86_400, toleranceSec: 5 };

function aServer() {
  const redis = fakeRedis(fakeClock());
  const send = redis.connect();
  const check = (settings: object = {}) =>
    checkServer(async (...given) => await send(...given), names, { ...SETTINGS, ...settings });
  return { redis, check };
}

describe('a server', () => {
  it('is accepted if it knows the newest command that we need and drops no keys', async () => {
    const { redis, check } = aServer();
    await check();
    await check();
    expect(redis.sent.slice(0, 3)).toEqual([
      ['SET', expect.stringMatching(/^a:1:r:probe-[\w-]{22}$/), 'probe', 'PX', '1000', 'NX', 'GET'],
      ['CONFIG', 'GET', 'maxmemory'],
      ['CONFIG', 'GET', 'maxmemory-policy'],
    ]);
    // The test key of one process does not disturb that of another.
    expect(redis.keys().filter((key) => key.includes('probe'))).toHaveLength(2);
  });

  it('remembers the settings of the first process, and refuses others', async () => {
    const { redis, check } = aServer();
    await check();
    await check();
    expect(redis.sent.at(-1)).toEqual(['SET', names.settings, '86400:5', 'NX', 'GET']);
    for (const other of [{ retainSec: 3_600 }, { retainSec: 864_000 }, { toleranceSec: 6 }]) {
      await expect(check(other)).rejects.toThrow(ConfigurationError);
    }
    await expect(check({ retainSec: 3_600 })).rejects.toThrow(
      "redisStores(): this process has retainSec: 3600, toleranceSec: 5, but other processes with the same prefix have retainSec: 86400, toleranceSec: 5, so a token could outlive its mark. Write: retainSec: 86400, toleranceSec: 5. To change them for all processes, first delete the key {a:1:v}:settings: redis-cli del '{a:1:v}:settings'",
    );
    redis.texts.delete(names.settings);
    await check({ retainSec: 3_600 });
    await expect(check()).rejects.toThrow('with the same prefix have retainSec: 3600');
  });

  it.each(['x', '1:2:3', '1:2\n', '12345678901:5', ':5', '86400'])(
    'causes an error that does not show settings which are not ours: %j',
    async (value) => {
      const { redis, check } = aServer();
      redis.texts.set(names.settings, { value, untilMs: Number.POSITIVE_INFINITY });
      await expect(check()).rejects.toThrow(
        'with the same prefix have retainSec: …, toleranceSec: …,',
      );
    },
  );

  it('is down if its answer for the settings is not text', async () => {
    const reply = ([name]: readonly string[]) => (name === 'SET' ? 7 : null);
    await expect(checkServer(async (args) => reply(args), names, SETTINGS)).rejects.toThrow(
      'Redis answered SET',
    );
  });

  it.each(['ERR syntax error', 'ERR Syntax Error, near NX'])(
    'is too old when it says %s',
    async (said) => {
      const { redis, check } = aServer();
      redis.before = () => Promise.reject(new Error(said));
      await expect(check()).rejects.toThrow(ConfigurationError);
      await expect(check()).rejects.toThrow('needs Redis 7.0 or later, or Valkey 7.2 or later');
    },
  );

  it.each(['READONLY', 'LOADING', 'syntax errors'])('is down when it says %s', async (said) => {
    const { redis, check } = aServer();
    const cause = new Error(said);
    redis.before = () => Promise.reject(cause);
    await expect(check()).rejects.toBe(cause);
  });

  it('is down if the client rejects with something that is not an error', async () => {
    const { redis, check } = aServer();
    redis.before = () => Promise.reject('syntax error');
    await expect(check()).rejects.toBe('syntax error');
  });

  it('is refused if it drops keys when its memory is full', async () => {
    const { redis, check } = aServer();
    redis.settings.set('maxmemory-policy', 'volatile-lru');
    await check();
    redis.settings.set('maxmemory', '1000');
    await expect(check()).rejects.toThrow(ConfigurationError);
    await expect(check()).rejects.toThrow(
      /drops keys.*\(maxmemory-policy volatile-lru\).*Write in redis\.conf: maxmemory-policy noeviction/,
    );
    redis.settings.set('maxmemory-policy', 'noeviction');
    await check();
  });

  it.each<readonly [string, () => unknown]>([
    ['forbids it', () => Promise.reject(new Error('NOPERM'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('fits when it does not let anybody read its configuration: %s', async (_what, refuse) => {
    const { redis, check } = aServer();
    redis.settings.set('maxmemory-policy', 'allkeys-lru').set('maxmemory', '1');
    redis.before = ([name]) => (name === 'CONFIG' ? refuse() : undefined);
    await check();
  });

  it('is accepted if some settings are missing in its answer', async () => {
    const configs = [[], { 'maxmemory-policy': 'allkeys-lru' }, ['maxmemory', '9']];
    for (const reply of configs) {
      await checkServer(async ([name]) => (name === 'CONFIG' ? reply : null), names, SETTINGS);
    }
  });
});
