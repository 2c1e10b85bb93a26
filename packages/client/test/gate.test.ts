import { expect, it } from 'vitest';
import { createGate } from '../src/gate.ts';
import { settled } from './fixtures.ts';

const never = new AbortController().signal;

it('a gate lets in as many callers as it has places, and the others later in their order', async () => {
  const gate = createGate(2);
  const order: number[] = [];
  const leaves = await Promise.all([gate.enter(never), gate.enter(never)]);
  const waiting = [3, 4, 5].map(async (name) => {
    const leave = await gate.enter(never);
    order.push(name);
    return leave;
  });
  await settled();
  expect(order).toEqual([]);
  leaves[0]?.();
  await settled();
  expect(order).toEqual([3]);
  // To leave twice does not free a second place.
  leaves[0]?.();
  await settled();
  expect(order).toEqual([3]);
  leaves[1]?.();
  (await waiting[0])?.();
  await settled();
  expect(order).toEqual([3, 4, 5]);
});

it('a place that nobody waits for is free again', async () => {
  const gate = createGate(1);
  (await gate.enter(never))();
  (await gate.enter(never))();
  const leave = await gate.enter(never);
  const second = gate.enter(never);
  leave();
  await second;
});

it('a caller who gives up stops waiting, and takes no place', async () => {
  const gate = createGate(1);
  const leave = await gate.enter(never);
  const quitter = new AbortController();
  const left = gate.enter(quitter.signal);
  const stays = gate.enter(never);
  quitter.abort(new Error('tired'));
  await expect(left).rejects.toThrow('tired');
  leave();
  (await stays)();
  await expect(gate.enter(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  (await gate.enter(never))();
});
