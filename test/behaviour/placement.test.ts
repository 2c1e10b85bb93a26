import { rfc9068 } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, aUserToken, ISSUER, issuer } from '../support/tokens.ts';

describe.each(frameworks)('where middleware stands in $name', (framework) => {
  const { requireScope, requireUser, requireClient, principalOf, findPrincipal } = framework.kit;
  const token = aUserToken();

  it('authenticate and a guard on the app protect every route after them, and none before', async () => {
    const app = framework.createApp(({ use, route }) => {
      route('/health', () => 'ok');
      use(framework.authenticate(aResourceServer()));
      use(requireScope('read:users'));
      route('/users', () => 'ok');
    });
    expect((await send(app, { path: '/health' })).status).toBe(200);
    expect((await send(app, { path: '/users' })).status).toBe(401);
    expect((await send(app, { path: '/users', token })).status).toBe(200);
    expect((await send(app, { path: '/nowhere' })).status).toBe(401);
    expect((await send(app, { path: '/nowhere', token })).status).toBe(404);
  });

  it('on a router they protect only its routes', async () => {
    const app = framework.createApp(({ router, route }) => {
      router('/users', (users) => {
        users.use(framework.authenticate(aResourceServer()), requireUser());
        users.route('/:id', () => 'ok');
      });
      route('/other', () => 'ok');
    });
    expect((await send(app, { path: '/users/17' })).status).toBe(401);
    expect((await send(app, { path: '/users/17', token })).status).toBe(200);
    expect((await send(app, { path: '/other' })).status).toBe(200);
  });

  it('on a route they protect only that route', async () => {
    const app = framework.createApp(({ route }) => {
      route('/a', framework.authenticate(aResourceServer()), requireUser(), () => 'ok');
      route('/b', () => 'ok');
    });
    expect((await send(app, { path: '/a' })).status).toBe(401);
    expect((await send(app, { path: '/a', token })).status).toBe(200);
    expect((await send(app, { path: '/b' })).status).toBe(200);
  });

  it('authenticate on the app, guards on routes', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/users', requireUser(), () => 'ok');
      route('/machines', requireClient(), () => 'ok');
    });
    expect((await send(app, { path: '/users', token })).status).toBe(200);
    expect((await send(app, { path: '/machines', token })).status).toBe(403);
  });

  it('a mounted app has the principal of the app around it', async () => {
    const app = framework.createApp((outer) => {
      outer.use(framework.authenticate(aResourceServer()));
      outer.app('/inner', (inner) => {
        inner.use(requireScope('read:users'));
        inner.route('/me', ({ carrier, principal }) => [
          principalOf(carrier).key,
          principalOf(carrier) === principal,
        ]);
      });
    });
    const response = await send(app, { path: '/inner/me', token });
    expect(response.body).toEqual(['user:https%3A%2F%2Fas.example.com:ada', true]);
  });

  it('a mounted app with its own authenticate is protected', async () => {
    const app = framework.createApp((outer) => {
      outer.app('/inner', (inner) => {
        inner.use(framework.authenticate(aResourceServer()));
        inner.route('/me', ({ carrier }) => principalOf(carrier).kind);
      });
      outer.route('/open', ({ carrier }) => findPrincipal(carrier) ?? 'nobody');
    });
    expect((await send(app, { path: '/inner/me' })).status).toBe(401);
    expect((await send(app, { path: '/inner/me', token })).body).toBe('user');
    expect((await send(app, { path: '/open', token })).body).toBe('nobody');
  });

  it('the resource server gets the URL as the client sent it, at every depth', async () => {
    const urls: string[] = [];
    const server = aResourceServer();
    const watching: typeof server = {
      ...server,
      authenticate(view) {
        urls.push(`${view.method} ${view.url}`);
        return server.authenticate(view);
      },
    };
    const app = framework.createApp((outer) => {
      outer.app('/one', (inner) => {
        inner.router('/two', (routes) => {
          routes.use(framework.authenticate(watching));
          routes.route('/three', () => 'ok');
        });
      });
    });
    const response = await send(app, { path: '/one/two/three?four=%35', method: 'post', token });
    expect(response.status).toBe(200);
    expect(urls).toEqual(['POST /one/two/three?four=%35']);
  });

  it.each(['usual', 'other'] as const)('works behind a body parser: %s', async (bodyParser) => {
    const guards = [requireScope('read:users')];
    const app = protectedApp(framework, { bodyParser, guards });
    const response = await send(app, { method: 'post', token }).send({ any: 'thing' });
    expect(response.status).toBe(200);
    expect(response.body.userId).toBe('ada');
  });

  it('authenticate also accepts options, and exposes the server that it made', async () => {
    const options = {
      issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
      audience: AUDIENCE,
      clock: aClock(),
    };
    const middleware = framework.authenticate(options);
    const app = framework.createApp(({ use, route }) => {
      use(middleware);
      route('/', ({ carrier }) => principalOf(carrier).kind);
    });
    expect((await send(app, { token })).body).toBe('user');
    const { resourceServer } = middleware;
    expect(resourceServer.resource).toBe(AUDIENCE);
    await expect(resourceServer.ready()).resolves.toBeUndefined();
    expect((await resourceServer.verify(token)).key).toBe('user:https%3A%2F%2Fas.example.com:ada');
    resourceServer.close();
  });

  it('authenticate exposes a server that was given', () => {
    const server = aResourceServer();
    expect(framework.authenticate(server).resourceServer).toBe(server);
  });

  it('the middleware has names for stack traces', () => {
    expect(framework.authenticate(aResourceServer()).name).toBe('authenticate');
    expect(requireUser().name).toBe('authorize');
  });
});
