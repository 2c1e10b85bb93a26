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

  it('is who is calling, costs the request no property of its own, and cannot be listed', async () => {
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

  it('is each request’s own: two at once, one after the other on a connection, one that nobody let in', async () => {
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

  it('is there in applications below, and stays when they hand the request back', async () => {
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

  it('is replaced when another resource server lets the request in', async () => {
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

  it('can be assigned, for one request; and what was assigned before does not hide who is calling', async () => {
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

  it('gives way to an accessor that the application has made itself', async () => {
    const app = create();
    const made = { kind: 'made up' };
    Object.defineProperty(app.request, 'principal', { configurable: true, get: () => made });
    app.use(guard, (request, response) => {
      expect(principalIn(request)).toBe(made);
      expect(principalOf(request).kind).toBe('user');
      response.end();
    });
    await ask(app);
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
    node.rawHeaders.push('Authorization', userToken);
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
