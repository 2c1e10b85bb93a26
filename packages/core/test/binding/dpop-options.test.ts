import { describe, expect, it } from 'vitest';
import { aClock } from '../../../../test/support/tokens.ts';
import { type DpopOptions, resolveDpop } from '../../src/binding/dpop-options.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { memoryReplayStore } from '../../src/stores/memory-replay-store.ts';

const resource = 'https://api.acme.com/orders';

function resolve(option: unknown, context: { resource?: string | undefined } = {}) {
  const events: AuthEvent[] = [];
  const resolved = resolveDpop(option as DpopOptions, {
    resource,
    clock: aClock(),
    events: createEventSink((event) => events.push(event)),
    ...context,
  });
  return { resolved, events };
}

const messageOf = (option: unknown, context?: { resource?: string | undefined }): string => {
  try {
    resolve(option, context);
    return 'accepted';
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
};

describe('resolveDpop', () => {
  it('gives undefined without the option', () => {
    expect(resolve(undefined)).toEqual({ resolved: undefined, events: [] });
  });

  it('decides every default', () => {
    const { resolved, events } = resolve({});
    expect(resolved).toMatchObject({
      mode: 'when-bound',
      publicUrls: [{ origin: 'https://api.acme.com', prefix: '' }],
      algorithms: ['ES256', 'EdDSA', 'PS256', 'RS256'],
      maxAgeSec: 60,
      futureSec: 10,
      nonces: undefined,
      fallback: undefined,
    });
    expect(Object.isFrozen(resolved)).toBe(true);
    expect(events).toEqual([{ type: 'config.local_replay_store' }]);
  });

  it.each(['when-bound', 'required'] as const)('accepts %s as the short form', (mode) => {
    expect(resolve(mode).resolved).toMatchObject({ mode, maxAgeSec: 60 });
    expect(resolve({ mode }).resolved?.mode).toBe(mode);
  });

  it('accepts every option', () => {
    const replay = memoryReplayStore();
    const { resolved, events } = resolve({
      publicUrls: ['https://api.acme.com', 'https://acme.com/v1/'],
      algorithms: ['ES384'],
      maxAgeSec: 300,
      futureSec: 0,
      nonce: { secrets: ['s'.repeat(32), Buffer.alloc(32)], rotateSec: 300 },
      replay,
      onReplayOutage: 'local',
    });
    expect(resolved).toMatchObject({
      publicUrls: [
        { origin: 'https://api.acme.com', prefix: '' },
        { origin: 'https://acme.com', prefix: '/v1' },
      ],
      algorithms: ['ES384'],
      maxAgeSec: 300,
      futureSec: 0,
    });
    expect(resolved?.replay).toBe(replay);
    expect(resolved?.nonces?.current()).toMatch(/^[\w-]{43}$/);
    expect(resolved?.fallback).toBeDefined();
    expect(resolved?.fallback).not.toBe(replay);
    // The store was configured, so there is no event.
    expect(events).toEqual([]);
    // A store in memory needs no second one in memory.
    expect(resolve({ onReplayOutage: 'local' }).resolved?.fallback).toBeUndefined();
  });

  it('does not need a resource if publicUrls are given', () => {
    const { resolved } = resolve({ publicUrls: 'https://a.com' }, { resource: undefined });
    expect(resolved?.publicUrls).toEqual([{ origin: 'https://a.com', prefix: '' }]);
  });

  it('makes the same nonces from the same configuration, with and without a resource', () => {
    const nonce = { secrets: ['s'.repeat(32)] };
    const current = (option: object, context?: { resource?: string | undefined }) =>
      resolve({ nonce, ...option }, context).resolved?.nonces?.current();
    const none = { resource: undefined };
    expect(current({})).toBe(current({}));
    const publicUrls = ['https://a.com/x', 'https://b.com'];
    expect(current({ publicUrls }, none)).toBe(current({ publicUrls }, none));
    expect(current({ publicUrls }, none)).not.toBe(
      current({ publicUrls: 'https://a.com/x' }, none),
    );
    expect(current({ publicUrls })).toBe(current({}));
  });

  it.each<[string, unknown, RegExp]>([
    [
      'another mode',
      'always',
      /^dpop must be 'when-bound' or 'required'\. Write: dpop: 'when-bound'/,
    ],
    ['another mode', { mode: 'off' }, /^dpop must be 'when-bound' or 'required'/],
    [
      'true',
      true,
      /^dpop takes an object of options, not a value of type boolean\. Write: dpop: 'when-bound'/,
    ],
    ['null', null, /^dpop takes an object of options, not null/],
    ['a misspelled option', { modes: 'required' }, /^dpop has no option "modes"/],
    [
      'a misspelled option of nonces',
      { nonce: { secret: 'x' } },
      /^dpop\.nonce has no option "secret".*Write: nonce: \{ secrets: \[/,
    ],
    [
      'another outage',
      { onReplayOutage: 'accept' },
      /^dpop\.onReplayOutage must be 'refuse' or 'local'\. Write: /,
    ],
    [
      'no store',
      { replay: {} },
      /^dpop\.replay must be a replay store\. Write: dpop: \{ replay: memoryReplayStore\(\) \}/,
    ],
    ['no store', { replay: 'redis://' }, /^dpop\.replay must be a replay store/],
    [
      'no URL',
      { publicUrls: 'api.acme.com' },
      /^dpop\.publicUrls: each must be an http or https URL without credentials, query and fragment\. Write: /,
    ],
    [
      'a URL with a query',
      { publicUrls: ['https://a.com', 'https://a.com?b'] },
      /^dpop\.publicUrls: each must be/,
    ],
    ['a URL object', { publicUrls: [new URL('https://a.com')] }, /^dpop\.publicUrls: each must be/],
    ['no URLs', { publicUrls: [] }, /^dpop\.publicUrls must be a URL or a list of URLs\. Write: /],
    ['no list of URLs', { publicUrls: 1 }, /^dpop\.publicUrls must be a URL or a list of URLs/],
    [
      'no algorithms',
      { algorithms: [] },
      /^dpop\.algorithms must be a list of RS256, .*Write: dpop: \{ algorithms: \['ES256', 'EdDSA'\] \}/,
    ],
    ['HMAC', { algorithms: ['ES256', 'HS256'] }, /^dpop\.algorithms must be a list/],
    ['algorithms as text', { algorithms: 'ES256' }, /^dpop\.algorithms must be a list/],
    [
      'a short time',
      { maxAgeSec: 4 },
      /^dpop\.maxAgeSec must be a number of seconds from 5 to 300\. Write: dpop: \{ maxAgeSec: 5 \}/,
    ],
    ['a long time', { maxAgeSec: 301 }, /^dpop\.maxAgeSec must be/],
    ['a time as text', { maxAgeSec: '60' }, /^dpop\.maxAgeSec must be/],
    ['no time', { maxAgeSec: Number.NaN }, /^dpop\.maxAgeSec must be/],
    [
      'a future below zero',
      { futureSec: -1 },
      /^dpop\.futureSec must be a number of seconds from 0 to 300/,
    ],
    ['a future beyond five minutes', { futureSec: 301 }, /^dpop\.futureSec must be/],
    ['no nonces', { nonce: true }, /^dpop\.nonce takes an object of options/],
    [
      'no secrets',
      { nonce: {} },
      /^dpop\.nonce\.secrets must be a list that is the same in all processes.*Write: nonce: \{ secrets: \[/,
    ],
    [
      'an empty list of secrets',
      { nonce: { secrets: [] } },
      /^dpop\.nonce\.secrets must be a list/,
    ],
    [
      'a secret that is not set',
      { nonce: { secrets: [undefined] } },
      /^dpop\.nonce\.secrets: each must have at least 32 bytes.*Make one: node -e/,
    ],
    [
      'a short secret',
      { nonce: { secrets: ['s'.repeat(32), 'hunter2'] } },
      /^dpop\.nonce\.secrets: each must have at least 32 bytes/,
    ],
    [
      'a short secret in bytes',
      { nonce: { secrets: [Buffer.alloc(31)] } },
      /^dpop\.nonce\.secrets: each/,
    ],
    [
      'a quick rotation',
      { nonce: { secrets: ['s'.repeat(32)], rotateSec: 9 } },
      /^dpop\.nonce\.rotateSec must be a number of seconds from 10 to 300/,
    ],
    [
      'a slow rotation',
      { nonce: { secrets: ['s'.repeat(32)], rotateSec: 301 } },
      /^dpop\.nonce\.rotateSec must be/,
    ],
  ])('refuses %s: %j', (_what, option, message) => {
    expect(messageOf(option)).toMatch(message);
    // No message contains a secret.
    expect(messageOf(option)).not.toContain('hunter2');
  });

  it.each([5, 60, 300])('accepts maxAgeSec: %d', (maxAgeSec) => {
    expect(resolve({ maxAgeSec }).resolved?.maxAgeSec).toBe(maxAgeSec);
  });

  it.each([0, 300])('accepts futureSec: %d', (futureSec) => {
    expect(resolve({ futureSec }).resolved?.futureSec).toBe(futureSec);
  });

  it.each([10, 300])('accepts rotateSec: %d', (rotateSec) => {
    expect(messageOf({ nonce: { secrets: ['s'.repeat(32)], rotateSec } })).toBe('accepted');
  });

  it('asks for publicUrls if there is no resource', () => {
    expect(messageOf('required', { resource: undefined })).toBe(
      "dpop needs the URL with which clients reach this API. Write: dpop: { publicUrls: 'https://api.acme.com' }",
    );
  });
});
