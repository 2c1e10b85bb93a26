import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aUserToken } from '../support/tokens.ts';

describe.each(frameworks)('several guards in $name', (framework) => {
  const {
    requireScope,
    requireAnyScope,
    requireUser,
    requireRole,
    authorize,
    anyOf,
    scope,
    client,
  } = framework.kit;

  it('the 403 challenge names the scopes of earlier guards and of this one, each once', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      use(requireScope('read:users'));
      use(requireUser());
      route(
        '/',
        requireScope('read:users', 'write:users'),
        requireScope('delete:users'),
        () => 'ok',
      );
    });
    const response = await send(app, { token: aUserToken() });
    expect(response.status).toBe(403);
    expect(response.headers['www-authenticate']).toContain(
      'scope="read:users write:users delete:users"',
    );
  });

  it('the challenge of the first guard names only its own scopes', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      use(requireScope('a'));
      route('/', requireScope('b'), () => 'ok');
    });
    const response = await send(app, { token: aUserToken() });
    expect(response.headers['www-authenticate']).toMatch(/, scope="a"$/);
  });

  it('work together over app, router and route', async () => {
    const app = framework.createApp(({ use, router }) => {
      use(framework.authenticate(aResourceServer()));
      use(requireScope('a'));
      router('/users', (users) => {
        users.use(requireScope('b'));
        users.route('/:id', requireScope('c'), () => 'ok');
      });
    });
    const path = '/users/17';
    const response = await send(app, { path, token: aUserToken({ scope: 'a b' }) });
    expect(response.status).toBe(403);
    expect(response.headers['www-authenticate']).toMatch(/, scope="a b c"$/);
    const good = await send(app, { path, token: aUserToken({ scope: 'a b c' }) });
    expect(good.status).toBe(200);
  });

  it('work together over a mounted app', async () => {
    const app = framework.createApp((routes) => {
      routes.use(framework.authenticate(aResourceServer()), requireScope('a'));
      routes.app('/inner', ({ route }) => route('/', requireScope('b'), () => 'ok'));
    });
    const response = await send(app, { path: '/inner', token: aUserToken({ scope: 'a' }) });
    expect(response.status).toBe(403);
    expect(response.headers['www-authenticate']).toMatch(/, scope="a b"$/);
  });

  it('a guard for one of several scopes counts with its first one', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/', requireAnyScope('read:users', 'admin'), requireScope('delete:users'), () => 'ok');
    });
    const response = await send(app, { token: aUserToken({ scope: 'admin' }) });
    expect(response.headers['www-authenticate']).toMatch(/, scope="read:users delete:users"$/);
  });

  it('a guard that this caller passes without a scope adds none', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      use(authorize(anyOf(client(), scope('read:users'))));
      route('/', requireScope('sync'), () => 'ok');
    });
    const forClient = await send(app, { token: aClientToken() });
    expect(forClient.headers['www-authenticate']).toMatch(/, scope="sync"$/);
    const forUser = await send(app, { token: aUserToken() });
    expect(forUser.headers['www-authenticate']).toMatch(/, scope="read:users sync"$/);
  });

  it('scopes of earlier guards are not in a refusal that no scope could change', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/', requireScope('read:users'), requireRole('admin'), () => 'ok');
    });
    const response = await send(app, { token: aUserToken() });
    expect(response.status).toBe(403);
    expect(response.headers).not.toHaveProperty('www-authenticate');
  });

  it('each request starts without scopes of earlier requests', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/first', requireScope('read:users'), () => 'ok');
      route('/second', requireScope('delete:users'), () => 'ok');
    });
    const token = aUserToken();
    expect((await send(app, { path: '/first', token })).status).toBe(200);
    const response = await send(app, { path: '/second', token });
    expect(response.headers['www-authenticate']).toMatch(/, scope="delete:users"$/);
  });

  it('nothing runs after a guard that refuses', async () => {
    let ran = false;
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      use(requireScope('delete:users'));
      route('/', () => {
        ran = true;
        return 'ok';
      });
    });
    await send(app, { token: aUserToken() });
    expect(ran).toBe(false);
  });
});
