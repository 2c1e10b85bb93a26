import { ioredis, iovalkey, nodeRedis, nodeRedisCluster } from '@authly/redis';
import { expect, it, vi } from 'vitest';
import { isSameClient } from '../src/clients.ts';

const ARGS = Object.freeze(['SET', 'a', 'b']);

it('node-redis gets the command unchanged', async () => {
  const sendCommand = vi.fn(async () => 'OK');
  await expect(nodeRedis({ sendCommand })(ARGS, 'a')).resolves.toBe('OK');
  expect(sendCommand.mock.calls).toEqual([[ARGS]]);
});

it('a cluster of node-redis gets the key, and never asks a replica', async () => {
  const sendCommand = vi.fn(async (..._given: readonly unknown[]) => 'OK');
  await expect(nodeRedisCluster({ sendCommand })(ARGS, 'a')).resolves.toBe('OK');
  expect(sendCommand.mock.calls).toEqual([['a', false, ['SET', 'a', 'b']]]);
  expect(sendCommand.mock.calls[0]?.[2]).not.toBe(ARGS);
});

it.each([ioredis, iovalkey])('%o gets the command by its name', async (maker) => {
  const call = vi.fn(async () => 'OK');
  await expect(maker({ call })(ARGS, 'a')).resolves.toBe('OK');
  expect(call.mock.calls).toEqual([['SET', 'a', 'b']]);
});

it('isSameClient says whether two commands use the same client, as far as it can see', () => {
  const sendCommand = async () => 'OK';
  const [one, two] = [{ sendCommand }, { sendCommand }];
  expect(isSameClient(nodeRedis(one), nodeRedis(one))).toBe(true);
  expect(isSameClient(nodeRedis(one), nodeRedis(two))).toBe(false);
  const own = async () => 'OK';
  expect(isSameClient(own, own)).toBe(true);
  expect(isSameClient(own, async () => 'OK')).toBe(false);
  expect(isSameClient(own, nodeRedis(one))).toBe(false);
});
