import {
  type AuthEvent,
  type Lease,
  memoryRevocations,
  type ResourceServer,
  type RevocationStore,
  scope,
} from '@authly/core';
import { oidcProvider, rfc9068 } from '@authly/core/providers';
import { generateTestKey, testIssuer } from '@authly/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACTIVE_USER } from '../support/introspecting-api.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, aToken, ISSUER, jwks, NOW } from '../support/tokens.ts';

// Leases over whole resource servers, with an injected clock: what ends one is what would refuse a request.

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

type ServerOptions = Parameters<typeof aResourceServer>[0];

function anApi(options: ServerOptions = {}) {
  const clock = aClock();
  const events: AuthEvent[] = [];
  const server = aResourceServer({ clock, onEvent: (event) => events.push(event), ...options });
  return {
    clock,
    events,
    server,
    begin: async (token: string) => server.lease(await server.verify(token)),
    async pass(seconds: number) {
      for (let rest = seconds; rest > 0; rest--) {
        clock.advanceSec(Math.min(1, rest));
        await vi.advanceTimersByTimeAsync(1_000);
      }
    },
  };
}

const causeOf = ({ ended }: Lease<unknown>) => ended?.cause;

describe('the key of a token', () => {
  it('ends its leases when the issuer withdraws it, without another request', async () => {
    const [old, next] = [generateTestKey('ES256', 'old'), generateTestKey('ES256', 'next')];
    const issuer = testIssuer({ issuer: ISSUER, audience: AUDIENCE, clock: aClock(), keys: [old] });
    let served: object = { keys: [old.publicJwk] };
    const fetch = async () => Response.json(served);
    const { begin, events, pass } = anApi({
      issuer: rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` }),
      fetch,
    } as ServerOptions);
    const lease = await begin(issuer.aUserToken({ sub_type: undefined, exp: NOW + 86_400 }));
    served = { keys: [old.publicJwk, next.publicJwk] };
    await pass(700);
    expect(lease.ended).toBeUndefined();
    served = { keys: [next.publicJwk] };
    await pass(700);
    expect(causeOf(lease)).toBe('key_withdrawn');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'lease.ended', cause: 'key_withdrawn', issuerName: ISSUER }),
    );
  });

  it('that cannot be fetched for hours is an outage, and not a withdrawal', async () => {
    const old = generateTestKey('ES256', 'old');
    const issuer = testIssuer({ issuer: ISSUER, audience: AUDIENCE, clock: aClock(), keys: [old] });
    let isDown = false;
    const fetch = async () => {
      if (isDown) throw new TypeError('down');
      return Response.json({ keys: [old.publicJwk] });
    };
    const { begin, pass } = anApi({
      issuer: rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` }),
      keys: { staleForSec: 600 },
      fetch,
    } as ServerOptions);
    const lease = await begin(issuer.aUserToken({ sub_type: undefined, exp: NOW + 86_400 }));
    isDown = true;
    await pass(1_190);
    expect(lease.ended).toBeUndefined();
    await pass(130);
    expect(causeOf(lease)).toBe('unavailable');
  });
});

describe('the issuer of a token', () => {
  const entry = { ...rfc9068({ issuer: ISSUER, jwks }), audience: AUDIENCE };

  it('ends its leases when the resolver does not know it any more, and not when it is only asked again', async () => {
    let found: typeof entry | undefined = entry;
    const { begin, pass } = anApi({
      issuers: async () => found,
      issuerCache: { foundForSec: 60, unknownForSec: 10 },
    } as ServerOptions);
    const lease = await begin(aToken({ exp: NOW + 3_600 }));
    await pass(300);
    expect(lease.ended).toBeUndefined();
    found = undefined;
    await pass(91);
    expect(causeOf(lease)).toBe('issuer_removed');
  });

  it('that cannot be asked for is an outage', async () => {
    let isDown = false;
    const { begin, pass } = anApi({
      issuers: async () => {
        if (isDown) throw new Error('the database is down');
        return entry;
      },
      issuerCache: { foundForSec: 60 },
    } as ServerOptions);
    const [lease, short] = [
      await begin(aToken({ exp: NOW + 3_600 })),
      await begin(aToken({ exp: NOW + 100 })),
    ];
    isDown = true;
    await pass(100);
    expect([causeOf(lease), causeOf(short)]).toEqual([undefined, 'expired']);
    await pass(60);
    expect(causeOf(lease)).toBe('unavailable');
  });
});

describe('an introspected token', () => {
  /** An API with an authorization server whose answers the test sets. */
  function introspecting(activeForSec: number) {
    const state = {
      answer: { ...ACTIVE_USER, exp: NOW + 3_600 } as object,
      asked: 0,
      isDown: false,
    };
    const ask = async () => {
      state.asked += 1;
      if (state.isDown) throw new Error('down');
      return state.answer;
    };
    const api = anApi({
      issuer: oidcProvider({ issuer: ISSUER, jwks, subjectNamespaces: 'disjoint' }),
      introspection: { ask, cache: { activeForSec } },
    } as ServerOptions);
    return { ...api, state };
  }

  it.each([10, 300])(
    'is asked about every recheckSec, where answers count for %i s',
    async (activeForSec) => {
      const { begin, pass, state } = introspecting(activeForSec);
      const lease = await begin('opaque');
      await pass(300);
      expect(state.asked).toBeGreaterThanOrEqual(11);
      expect(state.asked).toBeLessThanOrEqual(16);
      expect(lease.ended).toBeUndefined();
    },
  );

  it('ends its lease when it is not active any more', async () => {
    const { begin, pass, state } = introspecting(10);
    const lease = await begin('opaque');
    await pass(60);
    state.answer = { active: false };
    await pass(61);
    expect(causeOf(lease)).toBe('revoked');
  });

  it('keeps its lease in a short outage of its server, and loses it in a long one', async () => {
    const { begin, pass, state } = introspecting(10);
    const lease = await begin('opaque');
    state.isDown = true;
    await pass(50);
    state.isDown = false;
    await pass(120);
    expect(lease.ended).toBeUndefined();
    state.isDown = true;
    await pass(130);
    expect(causeOf(lease)).toBe('unavailable');
  });
});

describe('a store of revocations without subscribe', () => {
  function askingApi(onOutage: 'refuse' | 'accept' = 'refuse') {
    const state: { answer: () => boolean | Promise<boolean>; asked: number } = {
      answer: () => false,
      asked: 0,
    };
    const store: RevocationStore = {
      retainSec: 86_400,
      isRevoked() {
        state.asked += 1;
        return state.answer();
      },
    };
    return { ...anApi({ revocation: { store, onOutage } }), state };
  }

  it('is asked again, and its mark ends the lease within recheckSec', async () => {
    const { begin, pass, state } = askingApi();
    const lease = await begin(aToken({ exp: NOW + 3_600 }));
    await pass(60);
    expect(state.asked).toBeGreaterThanOrEqual(2);
    state.answer = async () => true;
    await pass(31);
    expect(causeOf(lease)).toBe('revoked');
  });

  it('may be down for a moment without ending a lease', async () => {
    const { begin, events, pass, state } = askingApi();
    const leases = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        begin(aToken({ sub: `user-${index}`, exp: NOW + 3_600 })),
      ),
    );
    state.answer = () => {
      throw new Error('down');
    };
    await pass(45);
    state.answer = () => false;
    await pass(120);
    expect(leases.map(causeOf)).toEqual(leases.map(() => undefined));
    const told = events.filter(({ type }) => type.startsWith('store.'));
    expect(told.map(({ type }) => type)).toEqual(['store.failed', 'store.recovered']);
  });

  it('that is down ends no lease where outages are accepted', async () => {
    const { begin, pass, state } = askingApi('accept');
    const lease = await begin(aToken({ exp: NOW + 3_600 }));
    state.answer = () => Promise.reject(new Error('down'));
    await pass(600);
    expect(lease.ended).toBeUndefined();
  });
});

describe('marks made during an outage of a store that tells of them', () => {
  it('count when the store is back, even if the store does not report them again', async () => {
    const clock = aClock();
    const inner = memoryRevocations({ clock });
    let isDown = false;
    // The store reports nothing while it is down, and nothing later. Only another question finds
    // the mark.
    const store: RevocationStore = {
      ...inner,
      isRevoked(token, options) {
        if (isDown) throw new Error('down');
        return inner.isRevoked(token, options);
      },
      subscribe: (listener) => inner.subscribe?.((mark) => !isDown && listener(mark)) ?? (() => {}),
    };
    const { server } = anApi({ clock, revocation: { store } });
    const begin = async (sub: string): Promise<Lease<unknown>> =>
      server.lease(await server.verify(aToken({ sub, exp: NOW + 3_600 })));
    const [ada, grace] = [await begin('ada'), await begin('grace')];
    isDown = true;
    await inner.revokeSubject({ issuer: ISSUER, subject: 'ada' });
    for (let second = 0; second < 30; second++) {
      clock.advanceSec(1);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect([ada, grace].map(causeOf)).toEqual([undefined, undefined]);
    isDown = false;
    for (let second = 0; second < 30; second++) {
      clock.advanceSec(1);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect([ada, grace].map(causeOf)).toEqual(['revoked', undefined]);
  });
});

describe('lease()', () => {
  const principalOf = (server: ResourceServer<unknown>, token = aToken()) => server.verify(token);

  it('needs a principal that this server has made', async () => {
    const [one, other] = [anApi().server, anApi().server];
    const principal = await principalOf(one);
    expect(() => other.lease(principal)).toThrow(
      'lease() needs a principal that the same resource server has made',
    );
    expect(() => one.lease({ ...(principal as object) } as never)).toThrow('lease() needs');
    expect(one.lease(principal).ended).toBeUndefined();
  });

  it('works with a cached token, and without a cache', async () => {
    const cached = anApi().server;
    await principalOf(cached);
    expect(cached.lease(await principalOf(cached)).ended).toBeUndefined();
    const uncached = anApi({ cache: false }).server;
    expect(uncached.lease(await principalOf(uncached)).ended).toBeUndefined();
  });

  it('refuses a renewal that does not meet the requirements of the connection', async () => {
    const { server, events } = anApi();
    const lease = server.lease(await principalOf(server), { requirements: [scope('read:users')] });
    await expect(lease.renew(aToken({ scope: 'other', exp: NOW + 900 }))).rejects.toMatchObject({
      status: 403,
      reason: 'scope_missing',
      headers: { 'www-authenticate': expect.stringContaining('read:users') },
    });
    await expect(lease.renew(aToken({ sub: 'mallory' }))).rejects.toMatchObject({
      status: 401,
      reason: 'renewal_mismatch',
      headers: { 'www-authenticate': expect.stringContaining('invalid_token') },
    });
    const reasons = events.flatMap((event) =>
      event.type === 'request.refused' ? [event.reason] : [],
    );
    expect(reasons).toEqual(['scope_missing', 'renewal_mismatch']);
  });

  it('ends with the server', async () => {
    const { server } = anApi();
    const lease = server.lease(await principalOf(server));
    server.close();
    expect(causeOf(lease)).toBe('server_closed');
  });
});
