import { request as httpRequest } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { type Framework, frameworks, type TestApp } from '../support/frameworks.ts';
import { listen, type RunningServer, send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aUserToken } from '../support/tokens.ts';
import { parseChallenges } from './challenge-parser.ts';

const open: RunningServer[] = [];

afterAll(() => {
  for (const server of open) server.close();
});

/** Sends a path as it stands: clients such as supertest and fetch would tidy it. */
async function sendPath(app: TestApp, path: string, token?: string): Promise<[number, string]> {
  const server = await listen(app.listener);
  open.push(server);
  const { hostname, port } = new URL(server.origin);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** An API with an open corner, a guarded one and one for administrators. */
function anApi(framework: Framework): TestApp {
  const { requireScope, requireRole, principalOf } = framework.kit;
  return framework.createApp(({ use, route, router }) => {
    route('/health', () => 'open');
    use(framework.authenticate(aResourceServer()));
    router('/users', (users) => {
      users.use(requireScope('read:users'));
      users.route('/:id', ({ carrier }) => `user by ${principalOf(carrier).kind}`);
    });
    router('/admin', (admin) => {
      admin.use(requireRole('admin'));
      admin.route('/:what', () => 'secret');
    });
  });
}

describe.each(frameworks)('paths in $name', (framework) => {
  const token = aUserToken();

  it.each([
    '/users/17',
    '/users/n%C3%B6tes',
    '/users/a%2Fb',
    '/%75sers/17',
    '/users/17?access_token=x',
    '//users/17',
    '/users//17',
    '/users/..%2fhealth',
    '/health/../users/17',
    '/users/17/..',
    '/users;v=1/17',
    '/users/%00',
    '/users/%ff',
    '/users/%',
    '/USERS/17',
    '/admin/x',
    '/%61dmin/x',
    'http://other.example.com/users/17',
    '/?/health',
  ])('%s is not open to anybody, however it is written', async (path) => {
    const [status, text] = await sendPath(anApi(framework), path);
    expect([status, JSON.parse(text).error]).toEqual([401, 'missing_credentials']);
  });

  it.each([
    '/admin/x',
    '/%61dmin/x',
    '//admin/x',
    '/admin//x',
    '/users/../admin/x',
    '/users%2f..%2fadmin/x',
    '/admin/%2e%2e',
    '/admin/x?/users',
    'http://other.example.com/admin/x',
  ])('%s is not open to a caller without the role, however it is written', async (path) => {
    const [status, text] = await sendPath(anApi(framework), path, token);
    expect(text).not.toContain('secret');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it.each(['/users/17', '/users/n%C3%B6tes', '/users/a%2Fb', '/users/17?x=%ff'])(
    '%s is open to a caller with the scope',
    async (path) => {
      const [status, text] = await sendPath(anApi(framework), path, token);
      expect([status, text]).toEqual([200, '"user by user"']);
    },
  );

  it('only the exact open path is open, and not longer ones', async () => {
    const app = anApi(framework);
    expect(await sendPath(app, '/health')).toEqual([200, '"open"']);
    expect((await sendPath(app, '/health/x'))[0]).toBe(401);
    expect((await sendPath(app, '/healthy'))[0]).toBe(401);
  });
});

// A prefixed @koa/router finds routes in any capitals, but not the middleware of `router.use`:
// describeRequirements warns of that.
const express = frameworks.filter(({ name }) => name.startsWith('Express'));

describe.each(express)('capitals in $name', (framework) => {
  it('a guard of a router also runs for a path in capitals', async () => {
    const [status] = await sendPath(anApi(framework), '/ADMIN/x', aUserToken());
    expect(status).toBe(403);
  });
});

describe.each(frameworks)('methods in $name', (framework) => {
  it.each(['get', 'head', 'options', 'post'] as const)(
    '%s is refused by guards of app, router and route as any other',
    async (method) => {
      const { requireScope } = framework.kit;
      const app = framework.createApp(({ use, router }) => {
        use(framework.authenticate(aResourceServer()), requireScope('a'));
        router('/r', (routes) => {
          routes.use(requireScope('b'));
          routes.route('/x', requireScope('c'), () => 'in');
        });
      });
      const refused = [
        [undefined, undefined],
        ['', 'a'],
        ['a', 'a b'],
        ['a b', 'a b c'],
      ] as const;
      for (const [scope, named] of refused) {
        const token = scope === undefined ? undefined : aUserToken({ scope });
        const response = await send(app, { method, path: '/r/x', ...(token && { token }) });
        expect(response.status).toBe(token === undefined ? 401 : 403);
        const [challenge] = parseChallenges(response.headers['www-authenticate'] ?? '');
        expect(challenge?.parameters.get('scope')).toBe(named);
        if (method === 'head') expect(response.text ?? '').toBe('');
      }
      const good = await send(app, { method, path: '/r/x', token: aUserToken({ scope: 'a b c' }) });
      expect(good.status).toBe(200);
    },
  );

  it('200 interleaved requests, some refused late, each get their own answer', async () => {
    const { requireScope, principalOf } = framework.kit;
    const server = aResourceServer();
    // The answer comes at once, one turn later, or many turns later. A function that kept state
    // would mix the answers up.
    const slow: typeof server = {
      ...server,
      async authenticate(view) {
        const hops = Number(new URL(view.url, 'http://a').searchParams.get('hops'));
        for (let hop = 0; hop < hops; hop++) await new Promise(setImmediate);
        return server.authenticate(view);
      },
    };
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(slow));
      route('/a', requireScope('a'), ({ carrier }) => principalOf(carrier).key);
      route('/b', requireScope('a'), requireScope('b'), ({ carrier }) => principalOf(carrier).key);
    });
    const running = await listen(app.listener);
    open.push(running);
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_unused, index) => {
        const claims = { sub: `id-${index}`, scope: index % 3 === 0 ? 'a b' : 'a' };
        const asClient = { ...claims, client_id: claims.sub };
        const token = index % 2 === 0 ? aClientToken(asClient) : aUserToken(claims);
        const path = `${index % 5 === 0 ? '/b' : '/a'}?hops=${(index * 7) % 11}`;
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(running.origin + path, { headers });
        const challenge = response.headers.get('www-authenticate');
        return { status: response.status, challenge, body: JSON.parse(await response.text()) };
      }),
    );
    for (const [index, { status, challenge, body }] of answers.entries()) {
      if (index % 5 === 0 && index % 3 !== 0) {
        expect([status, body.error]).toEqual([403, 'insufficient_scope']);
        expect(parseChallenges(challenge ?? '')[0]?.parameters.get('scope')).toBe('a b');
      } else {
        const kind = index % 2 === 0 ? 'client' : 'user';
        expect([status, challenge]).toEqual([200, null]);
        expect(body).toBe(`${kind}:https%3A%2F%2Fas.example.com:id-${index}`);
      }
    }
  });
});
