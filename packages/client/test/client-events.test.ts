import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmit, type TokenEvent } from '../src/client-events.ts';

const EVENT: TokenEvent = {
  type: 'token.rejected',
  issuer: 'https://as.example.com',
  clientId: 'orders-api',
  grant: 'exchange',
};

const published: unknown[] = [];
const listener = (message: unknown) => published.push(message);

afterEach(() => {
  unsubscribe('authly.client', listener);
  published.length = 0;
});

describe('events', () => {
  it('are frozen, and go to the listener and to the channel', () => {
    subscribe('authly.client', listener);
    const heard: TokenEvent[] = [];
    createEmit((event: TokenEvent) => heard.push(event))({ ...EVENT });
    expect([heard, published]).toEqual([[EVENT], [EVENT]]);
    expect(Object.isFrozen(heard[0])).toBe(true);
  });

  it('do no harm if nobody listens', () => {
    createEmit(undefined)({ ...EVENT });
    expect(published).toEqual([]);
  });

  it('do not let an exception of a listener reach the caller', async () => {
    createEmit(() => {
      throw new Error('telemetry');
    })({ ...EVENT });
    createEmit(() => Promise.reject(new Error('telemetry')) as never)({ ...EVENT });
    await new Promise((resolve) => setImmediate(resolve));
  });
});
