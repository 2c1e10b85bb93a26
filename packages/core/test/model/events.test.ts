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

  it('is not emitted when nobody listens', () => {
    expect(() => createEventSink().emit(EVENT)).not.toThrow();
  });

  it('ignores what a listener throws, and still publishes to the channel', () => {
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
      const rejecting = (): unknown => Promise.reject(new Error('a bug'));
      createEventSink(rejecting).emit({ ...EVENT });
      // Node looks for unhandled rejections once the microtasks are done.
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('ignores a listener that is not a function', () => {
    const sink = createEventSink('listener' as never);
    expect(() => sink.emit({ ...EVENT })).not.toThrow();
  });
});

describe('without a listener', () => {
  const failed: AuthEvent = {
    type: 'keys.refresh_failed',
    issuer: 'http://keycloak:8080/realms/a',
    cause: 'issuer_mismatch',
    url: 'http://keycloak:8080/realms/a/.well-known/openid-configuration',
    statedIssuer: 'https://sso.acme.com/realms/a',
    toWrite: "keycloak({ issuer: 'https://sso.acme.com/realms/a', jwksUri: '…' })",
  };

  it('a failure to fetch keys causes one warning for each issuer and cause', () => {
    const warnings: string[] = [];
    const sink = createEventSink(undefined, (text, type) => warnings.push(`${type}: ${text}`));
    for (const cause of ['issuer_mismatch', 'issuer_mismatch', 'network'] as const) {
      sink.emit({ ...failed, cause });
    }
    sink.emit({ type: 'keys.refresh_failed', issuer: 'https://b', cause: 'status', status: 403 });
    sink.emit({ type: 'keys.stale', issuer: 'https://b', staleForSec: 1 });
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toBe(
      "AuthlyWarning: Keys of http://keycloak:8080/realms/a could not be fetched: issuer_mismatch at http://keycloak:8080/realms/a/.well-known/openid-configuration. It states the issuer https://sso.acme.com/realms/a. If tokens have that iss, write: keycloak({ issuer: 'https://sso.acme.com/realms/a', jwksUri: '…' }). Set onEvent to get an event each time.",
    );
    expect(warnings[2]).toContain('Keys of https://b could not be fetched: status 403.');
  });

  it('at most 100 warnings are given, however many issuers a resolver finds', () => {
    let warnings = 0;
    const sink = createEventSink(undefined, () => {
      warnings += 1;
    });
    for (let n = 0; n < 1_000; n += 1) {
      sink.emit({ type: 'keys.refresh_failed', issuer: `https://${n}`, cause: 'network' });
    }
    expect(warnings).toBe(100);
  });

  it('no warning is given if there is a listener', () => {
    let warnings = 0;
    const warn = () => {
      warnings += 1;
    };
    createEventSink(() => {}, warn).emit(failed);
    diagnostics.subscribe(subscriber);
    createEventSink(undefined, warn).emit(failed);
    expect(warnings).toBe(0);
  });
});
