import { channel } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { createEventSink } from '../../src/lib/event-sink.ts';
import type { AuthEvent } from '../../src/model/events.ts';

const EVENT: AuthEvent = { type: 'keys.refreshed', issuer: 'https://as', keys: 2 };

const diagnostics = channel('authly');
const heard: unknown[] = [];
const subscriber = (event: unknown) => {
  heard.push(event);
};

afterEach(() => {
  diagnostics.unsubscribe(subscriber);
  heard.length = 0;
});

describe('an event sink', () => {
  it('is active only while somebody listens', () => {
    expect(createEventSink(() => {}).active).toBe(true);
    const sink = createEventSink();
    expect(sink.active).toBe(false);
    diagnostics.subscribe(subscriber);
    expect(sink.active).toBe(true);
    diagnostics.unsubscribe(subscriber);
    expect(sink.active).toBe(false);
  });

  it('gives each event to the listener and to the channel, frozen', () => {
    diagnostics.subscribe(subscriber);
    const seen: AuthEvent[] = [];
    createEventSink((event) => seen.push(event)).emit({ ...EVENT });
    expect(seen).toEqual([EVENT]);
    expect(heard).toEqual([EVENT]);
    expect(Object.isFrozen(seen[0])).toBe(true);
    expect(Object.isFrozen(heard[0])).toBe(true);
  });

  it('goes nowhere when nobody listens', () => {
    expect(() => createEventSink().emit(EVENT)).not.toThrow();
  });

  it('ignores what a listener throws, and goes on to the channel', () => {
    diagnostics.subscribe(subscriber);
    const sink = createEventSink(() => {
      throw new Error('a bug');
    });
    expect(() => sink.emit({ ...EVENT })).not.toThrow();
    expect(heard).toHaveLength(1);
  });

  it('ignores what a listener rejects with: nothing is left unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      createEventSink(() => Promise.reject(new Error('a bug'))).emit({ ...EVENT });
      // Node looks for unhandled rejections once the microtasks are done.
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('ignores a listener that is no function', () => {
    const sink = createEventSink('listener' as never);
    expect(() => sink.emit({ ...EVENT })).not.toThrow();
  });
});
