import type { AuthEvent, RequestView } from '@authly/core';
import { describe, expect, it } from 'vitest';
import {
  type Framework,
  frameworks,
  type Middleware,
  type TestApp,
} from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer, noting } from '../support/resource-servers.ts';
import { aUserToken, NOW } from '../support/tokens.ts';

const expired = aUserToken({ exp: NOW - 60 });
const isPublic = ({ url }: RequestView) => url === '/public';

function skipping(
  framework: Framework,
  skip: (view: RequestView) => boolean,
  ...guards: readonly Middleware[]
): TestApp {
  return framework.createApp(({ use, route }) => {
    use(framework.authenticate(aResourceServer(), { skip }));
    const whoami = ({ carrier }: { carrier: object }) =>
      framework.kit.findPrincipal(carrier)?.key ?? null;
    route('/public', ...guards, whoami);
    route('/private', ...guards, whoami);
  });
}

describe.each(frameworks)('authenticate with skip in $name', (framework) => {
  const { kit } = framework;

  it('lets the skipped requests pass as anonymous, whatever their credentials are, and no others', async () => {
    const app = skipping(framework, isPublic);
    for (const token of [undefined, expired, aUserToken()]) {
      const response = await send(app, { path: '/public', ...(token && { token }) });
      expect([response.status, response.body]).toEqual([200, null]);
    }
    expect((await send(app, { path: '/private' })).status).toBe(401);
    expect((await send(app, { path: '/public?x' })).status).toBe(401);
    expect((await send(app, { path: '/private', token: expired })).status).toBe(401);
    expect((await send(app, { path: '/private', token: aUserToken() })).status).toBe(200);
  });

  it('gets the request as it was sent, also below a router and a mounted app', async () => {
    const seen: string[] = [];
    const note = (view: RequestView) => {
      seen.push(`${view.method} ${view.url} ${view.header('x-mark')}`);
      return false;
    };
    const guard = framework.authenticate(aResourceServer(), { skip: note });
    const app = framework.createApp(({ router, app: mounted }) => {
      router('/r', ({ route }) => route('/x', guard, () => 'in'));
      mounted('/a', ({ route }) => route('/x', guard, () => 'in'));
    });
    await send(app, { path: '/r/x?q=1', headers: { 'x-mark': 'm' } });
    await send(app, { method: 'post', path: '/a/x' });
    expect(seen).toEqual(['GET /r/x?q=1 m', 'POST /a/x undefined']);
  });

  it('reports nothing of a skipped request', async () => {
    const events: AuthEvent[] = [];
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer({ onEvent: noting(events) }), { skip: isPublic }));
      route('/public', () => 'in');
    });
    await send(app, { path: '/public', token: expired });
    expect(events).toEqual([]);
  });

  it('a guard behind it refuses the anonymous request: 401, no stack trace', async () => {
    const app = skipping(framework, isPublic, kit.requireScope('a'));
    const response = await send(app, { path: '/public', token: aUserToken() });
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api", scope="a"');
    expect(app.faults).toEqual([]);
  });

  it.each([false, true])(
    'an authenticate behind it does check the credentials (optional: %s)',
    async (optional) => {
      const server = aResourceServer();
      const app = framework.createApp(({ use, route }) => {
        use(framework.authenticate(server, { skip: () => true }));
        route(
          '/',
          framework.authenticate(server, { optional }),
          ({ carrier, principal }) => principal === kit.principalOf(carrier),
        );
      });
      expect((await send(app, { token: expired })).status).toBe(401);
      expect((await send(app, { token: aUserToken() })).body).toBe(true);
    },
  );

  it('keeps a caller who was let in before', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      use(framework.authenticate(aResourceServer(), { skip: () => true }));
      route('/', kit.requireUser(), ({ carrier }) => kit.userOf(carrier).userId);
    });
    expect((await send(app, { token: aUserToken() })).body).toBe('ada');
  });

  it.each<readonly [string, unknown]>([
    ['undefined', undefined],
    ['1', 1],
    ["'true'", 'true'],
    ['an object', {}],
  ])('treats only true as a yes: %s', async (_, answer) => {
    const app = skipping(framework, () => answer as boolean);
    expect((await send(app, { path: '/public' })).status).toBe(401);
  });

  it('fails the request with an error that names skip if it gives a promise', async () => {
    const answers = [() => Promise.resolve(true), () => Promise.reject(new Error('late'))];
    for (const answer of answers) {
      const app = skipping(framework, answer as never);
      expect((await send(app, { path: '/public' })).status).toBe(500);
      expect(app.faults.map(String)).toEqual([
        expect.stringContaining('skip of authenticate() answered with a promise'),
      ]);
    }
  });

  it('fails the request if it throws', async () => {
    const fault = new Error('a bug');
    const app = skipping(framework, () => {
      throw fault;
    });
    expect((await send(app, { path: '/public', token: aUserToken() })).status).toBe(500);
    expect(app.faults).toEqual([fault]);
  });

  it('must be a function, or there is a ConfigurationError', () => {
    const wrong = { skip: ['/public'] as never };
    expect(() => framework.authenticate(aResourceServer(), wrong)).toThrow(kit.ConfigurationError);
  });
});
