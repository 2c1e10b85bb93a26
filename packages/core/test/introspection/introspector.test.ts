import { describe, expect, it, vi } from 'vitest';
import { AUDIENCE, aClock, ISSUER, jwks, NOW } from '../../../../test/support/tokens.ts';
import { clientSecretBasic } from '../../src/introspection/client-authentication.ts';
import type { Introspection } from '../../src/introspection/introspector.ts';
import { createIntrospector } from '../../src/introspection/introspector.ts';
import type { IntrospectionOptions } from '../../src/introspection/options.ts';
import { resolveIntrospection } from '../../src/introspection/resolve-introspection.ts';
import type { KeySet } from '../../src/keys/key-set.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { custom } from '../../src/providers/custom.ts';
import { oidcProvider } from '../../src/providers/oidc-provider.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { outcomeOf, refusalOf } from '../errors-of.ts';

const ACTIVE = {
  active: true,
  sub: 'ada',
  client_id: 'web',
  exp: NOW + 600,
  aud: AUDIENCE,
  token_type: 'Bearer',
};

type Answer = Readonly<Record<string, unknown>> | undefined | Error;

function setUp(
  options: object = {},
  provider: Provider = oidcProvider({ issuer: ISSUER, jwks, subjectNamespaces: 'disjoint' }),
  fetch: typeof globalThis.fetch = () => Promise.reject(new Error('no request is made')),
) {
  const clock = aClock();
  const asked: string[] = [];
  const events: AuthEvent[] = [];
  const state: { answer: Answer } = { answer: ACTIVE };
  const ask = async (token: string) => {
    asked.push(token);
    if (state.answer instanceof Error) throw state.answer;
    return state.answer;
  };
  const resolved = resolveIntrospection(provider, { ask, ...options } as IntrospectionOptions);
  const introspector = createIntrospector(resolved, {
    provider,
    audience: [AUDIENCE],
    algorithms: ['ES256'],
    keySet: {} as KeySet,
    clock,
    clockToleranceSec: 5,
    fetch,
    allowHttp: [],
    events: { active: true, emit: (event) => events.push(event) },
    random: () => 0,
  });
  const introspect = async (token: string): Promise<Introspection> =>
    introspector.introspect(token, 'opaque');
  return { clock, asked, events, state, introspector, introspect };
}

describe('an introspector', () => {
  it('gives the claims, and from when until when they may be used', async () => {
    const { introspect } = setUp();
    const { active: _active, ...claims } = ACTIVE;
    expect(await introspect('a')).toEqual({
      outcome: claims,
      answer: ACTIVE,
      answeredAt: NOW * 1_000,
      readAgainAt: NOW * 1_000 + 30_000,
    });
  });

  it('freezes what it gives, and does not change with the application’s object', async () => {
    const { introspect, state } = setUp();
    const answer = { ...ACTIVE, act: { sub: 'eve' } };
    state.answer = answer;
    const { outcome } = await introspect('a');
    answer.act.sub = 'mallory';
    expect(outcome).toMatchObject({ act: { sub: 'eve' } });
    expect(Object.isFrozen(outcome) && Object.isFrozen(Reflect.get(Object(outcome), 'act'))).toBe(
      true,
    );
  });

  it('asks about each token once at the same time, and again later', async () => {
    const { introspector, asked } = setUp();
    const flights = [0, 1, 2].map(() => introspector.introspect('a', 'opaque'));
    flights.push(introspector.introspect('b', 'opaque'));
    await Promise.all(flights);
    expect(asked).toEqual(['a', 'b']);
    await introspector.introspect('a', 'opaque');
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  it('remembers each refusal for a while, and then gives no promise', async () => {
    const { introspector, introspect, asked, state, clock } = setUp();
    state.answer = { ...ACTIVE, aud: 'https://other.example.com' };
    expect(await introspect('a')).toEqual({
      outcome: 'audience_mismatch',
      fault: { expectedAudience: [AUDIENCE] },
      answer: state.answer,
      answeredAt: NOW * 1_000,
      readAgainAt: NOW * 1_000,
    });
    state.answer = ACTIVE;
    expect(introspector.introspect('a', 'opaque')).toEqual({
      outcome: 'audience_mismatch',
      answer: undefined,
      answeredAt: NOW * 1_000,
      readAgainAt: NOW * 1_000,
    });
    clock.advanceSec(5);
    expect((await introspect('a')).outcome).toMatchObject({ sub: 'ada' });
    expect(asked).toHaveLength(2);
  });

  it('does not remember that a token is not valid yet', async () => {
    const { introspect, state } = setUp();
    state.answer = { ...ACTIVE, nbf: NOW + 60 };
    expect((await introspect('a')).outcome).toBe('not_yet_valid');
    state.answer = ACTIVE;
    expect((await introspect('a')).outcome).toMatchObject({ sub: 'ada' });
  });

  it('remembers nothing if cache is false', async () => {
    const { introspect, asked, state } = setUp({ cache: false });
    const { answeredAt, readAgainAt } = await introspect('a');
    expect(readAgainAt).toBe(answeredAt);
    state.answer = { active: false };
    for (let index = 0; index < 2; index++) {
      expect((await introspect('a')).outcome).toBe('token_inactive');
    }
    expect(asked).toHaveLength(3);
  });

  it('checks only active when a verified JWT is to be confirmed', async () => {
    const { introspector, state } = setUp();
    state.answer = { active: true };
    expect((await introspector.introspect('a', 'confirm')).outcome).toEqual({});
    expect((await introspector.introspect('a', 'answer')).outcome).toBe('type_not_accepted');
  });

  it.each([[undefined], [{}], [{ active: 'true' }], [[ACTIVE]]])(
    'treats %j from ask as an outage',
    async (answer) => {
      const { introspect, state } = setUp();
      state.answer = answer as Answer;
      const error = await refusalOf(() => introspect('a'));
      expect([error.reason, error.cause]).toEqual([
        'introspection_unavailable',
        expect.objectContaining({ failure: 'malformed' }),
      ]);
    },
  );

  it('refuses without asking while the server fails, with the cause, until the pause is over', async () => {
    const { introspect, state, asked, clock, events } = setUp();
    state.answer = new Error('down');
    const first = await refusalOf(() => introspect('a'));
    expect(first.cause).toMatchObject({ failure: 'ask', cause: state.answer });
    expect(first.details).not.toHaveProperty('retryAfterSec');
    const second = await refusalOf(() => introspect('b'));
    expect([second.details.retryAfterSec, second.cause]).toEqual([1, first.cause]);
    expect(asked).toEqual(['a']);
    clock.advanceSec(1);
    state.answer = ACTIVE;
    await introspect('b');
    expect(events).toEqual([
      { type: 'introspection.failed', issuer: ISSUER, cause: 'ask' },
      { type: 'introspection.recovered', issuer: ISSUER },
    ]);
  });

  it('passes on after how many seconds the server wants to be asked again', async () => {
    const client = clientSecretBasic('api', 's'.repeat(32));
    const endpoint = `${ISSUER}/introspect`;
    const headers = { 'retry-after': '7' };
    const fetch = async () => new Response(null, { status: 503, headers });
    const { introspect } = setUp({ ask: undefined, client, endpoint }, undefined, fetch);
    const error = await refusalOf(() => introspect('a'));
    expect([error.reason, error.details.retryAfterSec]).toEqual(['introspection_unavailable', 7]);
  });

  it('refuses too many questions at once, and frees places also after failures', async () => {
    const { introspect, introspector, state, clock } = setUp({ maxConcurrent: 2 });
    const pending = introspector.introspect('a', 'opaque');
    const error = await refusalOf(() => introspect('b'));
    expect([error.reason, error.details.retryAfterSec]).toEqual(['introspection_overloaded', 1]);
    await pending;
    state.answer = new Error('down');
    expect(await outcomeOf(() => introspect('c'))).toBe('introspection_unavailable');
    expect(await outcomeOf(() => introspect('d'))).toBe('introspection_unavailable');
    clock.advanceSec(10);
    state.answer = ACTIVE;
    expect(await outcomeOf(() => introspect('d'))).toBe('accepted');
  });

  it('keeps half of its places for known tokens and verified JWTs', async () => {
    const { introspect, introspector } = setUp({ maxConcurrent: 4 });
    await introspect('known');
    const strangers = ['a', 'b'].map((token) => introspector.introspect(token, 'opaque'));
    const [third, known, jwt] = [
      outcomeOf(() => introspect('c')),
      outcomeOf(() => introspect('known')),
      outcomeOf(() => introspector.introspect('jwt', 'answer')),
    ];
    expect(await Promise.all([third, known, jwt])).toEqual([
      'introspection_overloaded',
      'accepted',
      'accepted',
    ]);
    await Promise.all(strangers);
  });

  it('makes an error of the rule an outage, not a fault of the token', async () => {
    const accepts = () => {
      throw new Error('a fault of the rule');
    };
    const classify = () => 'user' as const;
    const { introspect } = setUp(
      {},
      custom({ issuer: ISSUER, jwks, classify, introspected: { accepts, classify } }),
    );
    const error = await refusalOf(() => introspect('a'));
    expect([error.reason, error.cause]).toEqual([
      'classification_failed',
      expect.objectContaining({ message: 'a fault of the rule' }),
    ]);
  });

  it('is ready once the endpoint is known', async () => {
    const { introspector } = setUp();
    await introspector.ready();
    await expect(introspector.ready(AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });

  it('is not ready while the metadata cannot be read, which is an outage with its cause', async () => {
    const client = clientSecretBasic('api', 's'.repeat(32));
    const { introspector } = setUp({ ask: undefined, client });
    const error = await refusalOf(() => introspector.ready());
    expect(error).toMatchObject({ reason: 'introspection_unavailable', status: 503 });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('emits an event when no token is ever active, and none if one was', async () => {
    const never = setUp();
    never.state.answer = { active: false };
    for (let index = 0; index < 25; index++) await never.introspect(`t${index}`);
    expect(never.events.map(({ type }) => type)).toEqual(['introspection.nothing_active']);
    const once = setUp();
    await once.introspect('good');
    once.state.answer = { active: false };
    for (let index = 0; index < 25; index++) await once.introspect(`t${index}`);
    expect(once.events).toEqual([]);
  });

  it('keeps the error of the application’s function as the cause', async () => {
    const { introspect, state } = setUp();
    state.answer = new Error('ECONNRESET');
    const error = await refusalOf(() => introspect('a'));
    expect(error.cause).toMatchObject({ failure: 'ask', cause: state.answer });
  });

  it('asks nobody after close', async () => {
    const { introspector, introspect, events } = setUp();
    introspector.close();
    const error = await refusalOf(() => introspect('a'));
    expect(error.cause).toMatchObject({ failure: 'network', message: 'The server was closed' });
    expect(events).toEqual([]);
  });
});

describe('a question without an answer', () => {
  /** An `ask` that records its arguments and never answers. */
  function unanswered(options: object = {}) {
    const signals: AbortSignal[] = [];
    const ask = (_token: string, { signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    return { signals, ...setUp({ ask, ...options }) };
  }

  it('ends after the time limit, and its signal is aborted', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { introspect, signals, events } = unanswered({ timeoutMs: 700 });
      const failing = refusalOf(() => introspect('a'));
      await vi.advanceTimersByTimeAsync(699);
      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
      await vi.advanceTimersByTimeAsync(1);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      expect(await failing).toMatchObject({
        reason: 'introspection_unavailable',
        cause: { failure: 'timeout', message: 'There was no answer in time' },
      });
      expect(events).toMatchObject([{ type: 'introspection.failed', cause: 'timeout' }]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends on close, which does not count as a failure of the server', async () => {
    const { introspect, introspector, signals, events } = unanswered();
    const failing = refusalOf(() => introspect('a'));
    await new Promise((resolve) => setImmediate(resolve));
    introspector.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect((await failing).cause).toMatchObject({
      failure: 'network',
      message: 'The server was closed',
    });
    expect(events).toEqual([]);
  });

  it('leaves no timer behind after an answer or a failure', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { introspect, state } = setUp();
      await introspect('a');
      expect(vi.getTimerCount()).toBe(0);
      state.answer = new Error('down');
      await refusalOf(() => introspect('b'));
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('ready', () => {
  const client = clientSecretBasic('api', 's'.repeat(32));
  const provider = oidcProvider({ issuer: ISSUER, subjectNamespaces: 'disjoint' });
  const hanging = () => new Promise<never>(() => {});

  it('rejects with the reason of the caller’s signal', async () => {
    const { introspector } = setUp({ ask: undefined, client }, provider, hanging);
    const caller = new AbortController();
    const waiting = introspector.ready(caller.signal);
    caller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('takes no longer than a question', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { introspector } = setUp({ ask: undefined, client, timeoutMs: 700 }, provider, hanging);
      const failing = refusalOf(() => introspector.ready());
      await vi.advanceTimersByTimeAsync(700);
      expect(await failing).toMatchObject({
        reason: 'introspection_unavailable',
        cause: { failure: 'timeout' },
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('finds the endpoint', async () => {
    const metadata = { issuer: ISSUER, introspection_endpoint: `${ISSUER}/introspect` };
    const fetch = async () => Response.json(metadata);
    const { introspector } = setUp({ ask: undefined, client }, provider, fetch);
    expect(introspector.endpoint).toBeUndefined();
    await introspector.ready();
    expect(introspector.endpoint).toBe(`${ISSUER}/introspect`);
  });
});

describe('a verified JWT', () => {
  it('has a type that the server supports: an answer that it does not is an outage', async () => {
    const client = clientSecretBasic('api', 's'.repeat(32));
    const fetch = async () => Response.json({ error: 'unsupported_token_type' }, { status: 400 });
    const { introspector, introspect } = setUp(
      { ask: undefined, client, endpoint: `${ISSUER}/introspect` },
      undefined,
      fetch,
    );
    expect((await introspect('opaque')).outcome).toBe('token_inactive');
    for (const asking of ['confirm', 'answer'] as const) {
      const error = await refusalOf(async () => introspector.introspect(asking, asking));
      expect(error.reason).toBe('introspection_unavailable');
    }
  });
});

describe('shared answers', () => {
  const secrets = ['x'.repeat(32)];

  function aStore() {
    const entries = new Map<string, Uint8Array>();
    const lives: number[] = [];
    return {
      lives,
      store: {
        get: async (id: string) => entries.get(id),
        set: async (id: string, bytes: Uint8Array, ttlMs: number) => {
          entries.set(id, bytes);
          lives.push(ttlMs);
        },
      },
    };
  }

  it('may be used from the time of the answer on, by every process', async () => {
    const { store } = aStore();
    const [first, second] = [
      setUp({ cache: { store, secrets } }),
      setUp({ cache: { store, secrets } }),
    ];
    await first.introspect('a');
    second.clock.advance(29_999);
    expect(await second.introspect('a')).toMatchObject({
      answeredAt: NOW * 1_000,
      readAgainAt: NOW * 1_000 + 30_000,
    });
    second.clock.advance(1);
    await second.introspect('a');
    expect([first.asked, second.asked]).toEqual([['a'], ['a']]);
  });

  it('are only for the client that asked', async () => {
    const { store } = aStore();
    const asking = async (clientId: string) => {
      const asked: string[] = [];
      const fetch = async (url: unknown) => {
        asked.push(String(url));
        return Response.json(ACTIVE);
      };
      const client = clientSecretBasic(clientId, 's'.repeat(32));
      const endpoint = `${ISSUER}/introspect`;
      const options = { ask: undefined, client, endpoint, cache: { store, secrets } };
      const { introspect } = setUp(options, undefined, fetch as typeof globalThis.fetch);
      expect((await introspect('a')).outcome).toMatchObject({ sub: 'ada' });
      return asked.length;
    };
    expect([await asking('one'), await asking('one'), await asking('other')]).toEqual([1, 0, 1]);
  });

  it('whose time is ahead by up to five seconds count as given now', async () => {
    const { store } = aStore();
    const [first, second] = [
      setUp({ cache: { store, secrets } }),
      setUp({ cache: { store, secrets } }),
    ];
    await first.introspect('a');
    second.clock.advance(-5_000);
    expect((await second.introspect('a')).answeredAt).toBe(NOW * 1_000 - 5_000);
    second.clock.advance(-1);
    await second.introspect('a');
    expect(second.asked).toHaveLength(1);
  });

  it('are checked like the server’s own answers', async () => {
    const { store } = aStore();
    const [first, second] = [
      setUp({ cache: { store, secrets } }),
      setUp({ cache: { store, secrets } }),
    ];
    first.state.answer = { ...ACTIVE, exp: NOW + 3 };
    await first.introspect('a');
    second.clock.advanceSec(8);
    expect((await second.introspect('a')).outcome).toBe('expired');
    expect(second.asked).toEqual([]);
  });

  it('are kept no longer than the token lives; refusals and expired answers are not shared', async () => {
    const { store, lives } = aStore();
    const { introspect, introspector, state } = setUp({ cache: { store, secrets } });
    state.answer = { ...ACTIVE, exp: NOW + 3.5 };
    await introspect('a');
    state.answer = { ...ACTIVE, exp: NOW - 1 };
    await introspect('b');
    state.answer = { active: false };
    await introspect('c');
    state.answer = { active: true };
    await introspector.introspect('d', 'confirm');
    expect(lives).toEqual([3_500, 30_000]);
  });
});
