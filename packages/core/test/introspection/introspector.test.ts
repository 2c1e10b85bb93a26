import { describe, expect, it } from 'vitest';
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
    fetch: () => Promise.reject(new Error('no request is made')),
    allowHttp: [],
    events: { active: true, emit: (event) => events.push(event) },
    random: () => 0,
  });
  const introspect = async (token: string): Promise<Introspection> =>
    introspector.introspect(token, 'opaque');
  return { clock, asked, events, state, introspector, introspect };
}

describe('an introspector', () => {
  it('gives claims, when they were given, and until when they count', async () => {
    const { introspect } = setUp();
    const { active: _active, ...claims } = ACTIVE;
    expect(await introspect('a')).toEqual({
      outcome: claims,
      answer: ACTIVE,
      answeredAt: NOW * 1_000,
      readAgainAt: NOW * 1_000 + 30_000,
    });
  });

  it('freezes what it gives, and does not look at what the application changes later', async () => {
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

  it('asks for each token once at a time, and anew afterwards', async () => {
    const { introspector, asked } = setUp();
    const flights = [0, 1, 2].map(() => introspector.introspect('a', 'opaque'));
    flights.push(introspector.introspect('b', 'opaque'));
    await Promise.all(flights);
    expect(asked).toEqual(['a', 'b']);
    await introspector.introspect('a', 'opaque');
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  it('remembers a refusal for a while, whatever the reason, and answers at once', async () => {
    const { introspector, introspect, asked, state, clock } = setUp();
    state.answer = { ...ACTIVE, aud: 'https://other.example.com' };
    expect((await introspect('a')).outcome).toBe('audience_mismatch');
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

  it('remembers nothing where it is not to', async () => {
    const { introspect, asked, state } = setUp({ cache: false });
    const { answeredAt, readAgainAt } = await introspect('a');
    expect(readAgainAt).toBe(answeredAt);
    state.answer = { active: false };
    for (let index = 0; index < 2; index++) {
      expect((await introspect('a')).outcome).toBe('token_inactive');
    }
    expect(asked).toHaveLength(3);
  });

  it('asks about active alone when a verified JWT is to be confirmed', async () => {
    const { introspector, state } = setUp();
    state.answer = { active: true };
    expect((await introspector.introspect('a', 'confirm')).outcome).toEqual({});
    expect((await introspector.introspect('a', 'answer')).outcome).toBe('type_not_accepted');
  });

  it.each([[undefined], [{}], [{ active: 'true' }], [[ACTIVE]]])(
    'takes %j of ask for an outage',
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

  it('refuses while the server is known to fail, with the cause, until a pause is over', async () => {
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

  it('refuses what is too much at once, and gives places back after failures, too', async () => {
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

  it('keeps half of its places for tokens that were active, and verified JWTs', async () => {
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

  it('is down, and not the token bad, when the rule throws', async () => {
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

  it('is ready once it has what a question needs', async () => {
    const { introspector } = setUp();
    await introspector.ready();
    await expect(introspector.ready(AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });

  it('is not ready while the server’s metadata cannot be had, which is an outage with its cause', async () => {
    const client = clientSecretBasic('api', 's'.repeat(32));
    const { introspector } = setUp({ ask: undefined, client });
    const error = await refusalOf(() => introspector.ready());
    expect(error).toMatchObject({ reason: 'introspection_unavailable', status: 503 });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('tells when a server calls nothing active, and not where it ever called anything so', async () => {
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

  it('keeps what the application’s own function failed with as the cause', async () => {
    const { introspect, state } = setUp();
    state.answer = new Error('ECONNRESET');
    const error = await refusalOf(() => introspect('a'));
    expect(error.cause).toMatchObject({ failure: 'ask', cause: state.answer });
  });

  it('asks nobody after it was closed', async () => {
    const { introspector, introspect, events } = setUp();
    introspector.close();
    const error = await refusalOf(() => introspect('a'));
    expect(error.cause).toMatchObject({ failure: 'network', message: 'The server was closed' });
    expect(events).toEqual([]);
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

  it('are good from when they were given, whoever asked', async () => {
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

  it('of a clock that is ahead count as given now, up to five seconds', async () => {
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

  it('are checked like those that were asked for', async () => {
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

  it('live no longer than the token; refusals and what has expired are not shared', async () => {
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
