import { ConfigurationError } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { keyNames } from '../src/key-names.ts';
import { checkServer } from '../src/server-check.ts';
import { fakeRedis } from './fake-redis.ts';

const names = keyNames('a');

function aServer() {
  const redis = fakeRedis(fakeClock());
  const send = redis.connect();
  return { redis, check: () => checkServer(async (...given) => await send(...given), names) };
}

describe('a server', () => {
  it('fits when it knows the newest command and drops nothing', async () => {
    const { redis, check } = aServer();
    await check();
    await check();
    expect(redis.sent.slice(0, 3)).toEqual([
      ['SET', expect.stringMatching(/^a:1:r:probe-[\w-]{22}$/), 'probe', 'PX', '1000', 'NX', 'GET'],
      ['CONFIG', 'GET', 'maxmemory'],
      ['CONFIG', 'GET', 'maxmemory-policy'],
    ]);
    // A probe of one process is not in the way of another's.
    expect(new Set(redis.keys()).size).toBe(2);
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

  it('is down when the client says something that is no error', async () => {
    const { redis, check } = aServer();
    redis.before = () => Promise.reject('syntax error');
    await expect(check()).rejects.toBe('syntax error');
  });

  it('does not fit when it drops keys once its memory is full', async () => {
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

  it('fits when it leaves settings out', async () => {
    const configs = [[], { 'maxmemory-policy': 'allkeys-lru' }, ['maxmemory', '9']];
    for (const reply of configs) {
      await checkServer(async ([name]) => (name === 'CONFIG' ? reply : null), names);
    }
  });
});
