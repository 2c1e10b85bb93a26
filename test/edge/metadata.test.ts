import { request as httpRequest } from 'node:http';
import { ConfigurationError } from '@authly/core';
import * as expressKit from '@authly/express';
import * as koaKit from '@authly/koa';
import { Router } from '@koa/router';
import express from 'express';
import Koa from 'koa';
import { afterAll, describe, expect, it } from 'vitest';
import { frameworks, type Routes, type TestApp } from '../support/frameworks.ts';
import { listen, type RunningServer, send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { parseChallenges } from './challenge-parser.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

const open: RunningServer[] = [];

afterAll(() => {
  for (const server of open) server.close();
});

describe.each(frameworks)('protected-resource metadata in $name', (framework) => {
  const { kit } = framework;

  it('[RFC9728-3-a] [RFC9728-3.2-a] [RFC9728-3.3-a] the document that a 401 names is there, and is about that resource: with and without a path', async () => {
    for (const path of ['', '/', '/mcp', '/mcp/', '/a/b', '/n%C3%B6tes', '/x?tenant=1', '?t=1']) {
      const resource = `https://api.example.com${path}`;
      const server = aResourceServer({ resource });
      const app = framework.createApp(({ use }) => {
        use(kit.protectedResourceMetadata(server), framework.authenticate(server));
      });
      const refused = await send(app, { path: '/anything' });
      const [challenge] = parseChallenges(refused.headers['www-authenticate'] ?? '');
      const url = new URL(challenge?.parameters.get('resource_metadata') ?? '');
      expect(url.origin).toBe('https://api.example.com');
      const { status, body, headers } = await send(app, { path: url.pathname + url.search });
      expect([status, body.resource]).toEqual([200, resource]);
      expect(headers['content-type']).toBe('application/json');
    }
  });

  it('several resources of one host each have their own document', async () => {
    const resources = ['/a', '/b', '/a?tenant=1', '/a?tenant=2'].map(
      (path) => `https://api.example.com${path}`,
    );
    const app = framework.createApp(({ use, route }) => {
      // Those with a query first: one without takes any query.
      for (const resource of resources.toReversed()) {
        use(kit.protectedResourceMetadata(aResourceServer({ resource })));
      }
      route('/', () => 'in');
    });
    for (const resource of resources) {
      const { pathname, search } = new URL(resource);
      const { body } = await send(app, { path: WELL_KNOWN + pathname + search });
      expect(body.resource).toBe(resource);
    }
  });

  it.each<readonly [string, (routes: Routes, inner: (inner: Routes) => void) => void]>([
    ['the app itself', (routes, inner) => inner(routes)],
    ['an app mounted at /', ({ app }, inner) => app('/', inner)],
  ])('is served from %s', async (_, place) => {
    const server = aResourceServer();
    const app = framework.createApp((routes) => {
      place(routes, ({ use }) => use(kit.protectedResourceMetadata(server)));
      routes.use(framework.authenticate(server));
    });
    expect((await send(app, { path: WELL_KNOWN })).status).toBe(200);
    expect((await send(app, { path: '/other' })).status).toBe(401);
  });

  it.each<readonly [string, (routes: Routes, inner: (inner: Routes) => void) => void, string]>([
    ['an app', ({ app }, inner) => app('/api', inner), '/api'],
    ['a router', ({ router }, inner) => router('/api', inner), '/api'],
    [
      'an app in an app',
      ({ app }, inner) => app('/v1', (outer) => outer.app('/api', inner)),
      '/v1/api',
    ],
    ['a parameter', ({ router }, inner) => router('/:tenant', inner), '/acme'],
  ])(
    'below %s with a prefix it is a configuration error at the first request',
    async (_, place, prefix) => {
      const server = aResourceServer();
      const app = framework.createApp((routes) => {
        place(routes, ({ use, route }) => {
          use(kit.protectedResourceMetadata(server));
          route('/users', () => 'in');
        });
      });
      expect((await send(app, { path: `${prefix}/users` })).status).toBe(500);
      expect(app.faults).toEqual([expect.any(ConfigurationError)]);
      expect(String(app.faults[0])).toContain(`clients look for ${WELL_KNOWN}`);
      expect(String(app.faults[0])).toContain('Write: app.use(protectedResourceMetadata(');
    },
  );

  it('behind a proxy that adds a prefix, its handler is mounted as any other', async () => {
    const server = aResourceServer();
    const { handler } = server.publishMetadata();
    const app = framework.createApp((routes) => {
      routes.app('/functions/api', ({ use }) => use(kit.mount(handler)));
    });
    const { status, body } = await send(app, { path: `/functions/api${WELL_KNOWN}` });
    expect([status, body.resource]).toEqual([200, 'https://api.example.com']);
  });

  it('is found by a request in absolute form, whatever host it names', async () => {
    const server = aResourceServer();
    const app = framework.createApp(({ use }) => use(kit.protectedResourceMetadata(server)));
    const text = await absolute(app, `http://other.example.com${WELL_KNOWN}`);
    expect(JSON.parse(text).resource).toBe('https://api.example.com');
  });

  it('lists the scopes of the guards in use', async () => {
    const server = aResourceServer();
    const requirements = [kit.requireScope('a'), kit.requireAnyScope('b', 'a')].map(
      ({ requirement }) => requirement,
    );
    const app = framework.createApp(({ use }) => {
      use(kit.protectedResourceMetadata(server, { requirements, scopes: ['profile'] }));
    });
    const { body } = await send(app, { path: WELL_KNOWN });
    expect(body.scopes_supported).toEqual(['profile', 'a', 'b']);
  });

  it('a preflight allows every header that a browser asks for, and any origin', async () => {
    const server = aResourceServer();
    const app = framework.createApp(({ use }) => use(kit.protectedResourceMetadata(server)));
    const { status, headers } = await send(app, {
      method: 'options',
      path: WELL_KNOWN,
      headers: {
        origin: 'null',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-anything,authorization',
      },
    });
    expect(status).toBe(204);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-allow-headers']?.split(', ')).toEqual(
      expect.arrayContaining(['*', 'authorization']),
    );
    // Nothing of the request comes back in a header.
    expect(JSON.stringify(headers)).not.toContain('x-anything');
    expect(headers['content-type']).toBeUndefined();
  });
});

describe.each(frameworks.filter(({ name }) => name.startsWith('Express')))(
  'a router of $name',
  ({ kit, createApp }) => {
    it('serves the metadata from a route at its path, mounted at /', async () => {
      const app = createApp((routes) => {
        routes.router('/', ({ route }) => {
          const metadata = kit.protectedResourceMetadata(aResourceServer());
          route(WELL_KNOWN, metadata, () => 'behind it');
        });
      });
      const { status, body } = await send(app, { path: WELL_KNOWN });
      expect([status, body.resource]).toEqual([200, 'https://api.example.com']);
    });
  },
);

it('the scopes of a described router can be listed', async () => {
  const users = express.Router();
  users.get('/', expressKit.requireScope('read:users'), (_request, response) => {
    response.end();
  });
  const requirements = expressKit
    .describeRequirements(users)
    .flatMap((route) => route.requirements);
  const app = express();
  app.use(expressKit.protectedResourceMetadata(aResourceServer(), { requirements }));
  const { body } = await send({ listener: app, faults: [] }, { path: WELL_KNOWN });
  expect(body.scopes_supported).toEqual(['read:users']);
});

describe('a router of @koa/router', () => {
  it('serves the metadata with router.all at its path', async () => {
    const server = aResourceServer();
    const router = new Router();
    router.all(WELL_KNOWN, koaKit.protectedResourceMetadata(server));
    expect((await send(koaApp(router), { path: WELL_KNOWN })).status).toBe(200);
  });

  it('cannot serve it with router.use: a configuration error, not a silent 404', async () => {
    const router = new Router();
    router.use(koaKit.protectedResourceMetadata(aResourceServer()));
    router.get('/users', (context) => {
      context.body = 'in';
    });
    const app = koaApp(router);
    expect((await send(app, { path: '/users' })).status).toBe(500);
    expect(app.faults).toEqual([expect.any(ConfigurationError)]);
  });

  it('cannot serve it from a route below a prefix', async () => {
    const router = new Router({ prefix: '/api' });
    router.all(WELL_KNOWN, koaKit.protectedResourceMetadata(aResourceServer()));
    const app = koaApp(router);
    expect((await send(app, { path: `/api${WELL_KNOWN}` })).status).toBe(500);
    expect(app.faults).toEqual([expect.any(ConfigurationError)]);
  });
});

function koaApp(router: Router): TestApp {
  const app = new Koa();
  const faults: unknown[] = [];
  app.on('error', (error) => faults.push(error));
  app.use(router.routes());
  return { listener: app.callback(), faults };
}

/** Sends a request whose target is a whole URL, as to a proxy (RFC 9112 §3.2.2). */
async function absolute(app: TestApp, path: string): Promise<string> {
  const server = await listen(app.listener);
  open.push(server);
  const { hostname, port } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
