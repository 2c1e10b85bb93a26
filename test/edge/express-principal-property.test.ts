import { IncomingMessage } from 'node:http';
import { authenticate, type Principal, principalOf } from '@authly/express';
import express from 'express';
import express4 from 'express4';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aUserToken } from '../support/tokens.ts';

const guard = authenticate(aResourceServer());
const userToken = `Bearer ${aUserToken()}`;
const clientToken = `Bearer ${aClientToken()}`;

/** What the requests of an application inherit from. */
const requestsOf = (app: object): object => (app as { request: object }).request;

/** Nothing but what a handler notes; `carrier` is an object that may have a principal. */
const principalIn = (carrier: object): Principal | undefined =>
  (carrier as { principal?: Principal }).principal;

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('req.principal in %s', (_name, create) => {
  async function ask(app: ReturnType<typeof express>, authorization = userToken) {
    await supertest(app).get('/').set({ authorization }).expect(200);
  }

  it('is the caller, and is neither an own property nor an enumerable one', async () => {
    const app = create();
    app.use(guard, (request, response) => {
      expect(principalIn(request)).toBe(principalOf(request));
      expect(Object.hasOwn(request, 'principal')).toBe(false);
      expect(Object.keys(request)).not.toContain('principal');
      response.end();
    });
    await ask(app);
    expect.assertions(3);
  });

  it('is separate for each request: two at once, two on one connection, one without authentication', async () => {
    const app = create();
    const seen: unknown[] = [];
    app.get('/open', (request, response) => {
      seen.push(principalIn(request)?.kind);
      response.end();
    });
    app.use(guard, (request, response) => {
      setImmediate(() => {
        seen.push(principalIn(request)?.kind);
        response.end();
      });
    });
    await Promise.all([ask(app), ask(app, clientToken)]);
    await supertest(app).get('/open').set({ authorization: userToken }).expect(200);
    expect(seen.slice(0, 2).sort()).toEqual(['client', 'user']);
    expect(seen.slice(2)).toEqual([undefined]);
  });

  it('is set in mounted applications, and stays when they pass the request back', async () => {
    const app = create();
    const below = create();
    const seen: unknown[] = [];
    const note = (request: object) => seen.push(principalIn(request)?.kind);
    below.use(guard, (request, _response, next) => {
      note(request);
      next();
    });
    app.use(below);
    app.use((request, response) => {
      note(request);
      response.end();
    });
    await ask(app);
    expect(seen).toEqual(['user', 'user']);
  });

  it('is replaced when another resource server accepts the request', async () => {
    const app = create();
    const other = authenticate(aResourceServer());
    app.use(guard, (request, response, next) => {
      const before = principalIn(request);
      other(request as never, response, () => {
        expect(principalIn(request)).toBe(principalOf(request));
        expect(principalIn(request)).not.toBe(before);
        next();
      });
    });
    app.use((_request, response) => {
      response.end();
    });
    await ask(app);
    expect.assertions(2);
  });

  it('can be assigned for one request; an earlier assignment does not replace the caller', async () => {
    const app = create();
    const made = { kind: 'made up' };
    app.use((request, _response, next) => {
      Object.assign(request, { principal: made });
      expect(principalIn(request)).toBe(made);
      next();
    });
    app.use(guard, (request, _response, next) => {
      expect(principalIn(request)).toBe(principalOf(request));
      next();
    });
    app.use((request, response) => {
      Object.assign(request, { principal: made });
      expect(principalIn(request)).toBe(made);
      expect(principalOf(request).kind).toBe('user');
      response.end();
    });
    await ask(app);
    await ask(app);
    expect.assertions(8);
  });

  it('is seen by an object that inherits from the request', async () => {
    const app = create();
    app.use(guard, (request, response) => {
      expect(principalIn(Object.create(request))).toBe(principalOf(request));
      response.end();
    });
    await ask(app);
    expect.assertions(1);
  });

  it.each([
    ['a default of an application', (app: object) => requestsOf(app)],
    ['a default for all', (app: object) => Object.getPrototypeOf(requestsOf(app))],
  ])('is the caller, also if %s has the same name, before and after', async (_what, place) => {
    const made = { kind: 'made up' };
    const app = create();
    app.use(guard, (request, response) => {
      expect(principalIn(request)).toBe(principalOf(request));
      response.end();
    });
    const target: object = place(app);
    try {
      for (const assign of [
        () => Object.assign(target, { principal: null }),
        () => Object.assign(target, { principal: made }),
        () => Reflect.deleteProperty(target, 'principal'),
        () => Object.defineProperty(target, 'principal', { configurable: true, get: () => made }),
        () => Reflect.deleteProperty(target, 'principal'),
      ]) {
        assign();
        await ask(app);
        await ask(app, clientToken);
      }
    } finally {
      Reflect.deleteProperty(target, 'principal');
    }
    expect.assertions(10);
  });

  it('is undefined for an anonymous request that was made from an admitted one', async () => {
    const app = create();
    const optional = authenticate(aResourceServer(), { optional: true });
    app.use(guard, (request, response) => {
      const inner = Object.create(request, { headers: { value: { x: 'y' } } });
      optional(inner, response, () => {
        expect(principalIn(inner)).toBeUndefined();
        expect(principalIn(request)?.kind).toBe('user');
        response.end();
      });
    });
    await ask(app);
    expect.assertions(2);
  });

  it('is the caller for a request made from one that has another value under the name', async () => {
    const app = create();
    app.use((request, response) => {
      Object.assign(request, { principal: { kind: 'made up' } });
      const inner = Object.create(request);
      guard(inner, response, () => {
        expect(principalIn(inner)).toBe(principalOf(inner));
        response.end();
      });
    });
    await ask(app);
    expect.assertions(1);
  });

  it('is set in an application of one major version that is mounted on one of the other, after its first request', async () => {
    const below = create();
    below.use(guard, (request, response) => {
      expect(principalIn(request)).toBe(principalOf(request));
      response.end();
    });
    await ask(below);
    const other = create === express ? (express4 as unknown as typeof express) : express;
    const app = other();
    app.use(below);
    await ask(app);
    expect.assertions(2);
  });

  it('is seen through a Proxy of the request that the guard itself was given', async () => {
    const app = create();
    app.use((request, response) => {
      const proxy = new Proxy(request, { get: (target, name) => Reflect.get(target, name) });
      guard(proxy as never, response, () => {
        expect(principalIn(proxy)).toBe(principalOf(proxy));
        response.end();
      });
    });
    await ask(app);
    expect.assertions(1);
  });

  it('ignores a polluted prototype of property descriptors', async () => {
    const app = create();
    app.use((request, response, next) => {
      Reflect.deleteProperty(Object.getPrototypeOf(requestsOf(app)), 'principal');
      let seen: unknown;
      Object.assign(Object.prototype, { value: 1, writable: false });
      try {
        guard(request as never, response, () => {
          seen = principalIn(request);
        });
      } finally {
        for (const name of ['value', 'writable']) Reflect.deleteProperty(Object.prototype, name);
      }
      expect(seen).toBe(principalOf(request));
      next();
    });
    app.use((_request, response) => {
      response.end();
    });
    await ask(app);
    await ask(create().use(app));
    expect.assertions(2);
  });
});

describe('a request that is not Express’s', () => {
  function handled(request: object): void {
    let error: unknown = 'not called';
    guard(request as never, {} as never, (outcome) => {
      error = outcome;
    });
    expect(error).toBeUndefined();
  }

  it('gets a property of its own: an object made for a unit test', () => {
    const request = { headers: { authorization: userToken }, rawHeaders: [], originalUrl: '/' };
    handled(request);
    expect(principalIn(request)).toBe(principalOf(request));
    expect(principalIn({})).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'principal')).toBe(false);
  });

  it('gets a property of its own: Node’s, and one without a prototype', () => {
    const node = Object.assign(new IncomingMessage(null as never), { originalUrl: '/' });
    node.headers.authorization = userToken;
    const bare = Object.assign(Object.create(null), {
      headers: { authorization: userToken },
      rawHeaders: [],
    });
    for (const request of [node, bare]) {
      handled(request);
      expect(Object.hasOwn(request, 'principal')).toBe(true);
      expect(principalIn(request)).toBe(principalOf(request));
    }
    expect('principal' in IncomingMessage.prototype).toBe(false);
  });
});
