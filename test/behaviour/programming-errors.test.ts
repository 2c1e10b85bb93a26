import type { Requirement } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

describe.each(frameworks)('programming errors in $name', (framework) => {
  const { kit } = framework;

  it('a guard without authenticate before it is a 500, never a 401, and says what to write', async () => {
    const app = framework.createApp(({ route }) => {
      route('/', kit.requireScope('read:users'), () => 'ok');
    });
    const response = await send(app, { token: aUserToken() });
    expect(response.status).toBe(500);
    expect(response.headers).not.toHaveProperty('www-authenticate');
    expect(app.faults.map(String)).toEqual([
      'Error: A guard (scope read:users) ran before authenticate. Write: app.use(authenticate({ … })) before it',
    ]);
    expect(kit.isAuthError(app.faults[0])).toBe(false);
  });

  it('a guard before authenticate is a 500 as well', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(kit.requireUser());
      use(framework.authenticate(aResourceServer()));
      route('/', () => 'ok');
    });
    expect((await send(app, { token: aUserToken() })).status).toBe(500);
    expect(app.faults).toHaveLength(1);
  });

  it('principalOf, userOf and clientOf without authenticate throw an error that is not a refusal', async () => {
    for (const accessor of [kit.principalOf, kit.userOf, kit.clientOf]) {
      const app = framework.createApp(({ route }) =>
        route('/', ({ carrier }) => accessor(carrier)),
      );
      const response = await send(app, { token: aUserToken() });
      expect(response.status).toBe(500);
      expect(app.faults.map(String)).toEqual([
        'Error: authenticate has not run on this request. Write: app.use(authenticate({ … })) before the route',
      ]);
    }
  });

  it('a guard that was given to the framework uncalled says what to write', async () => {
    for (const name of ['requireUser', 'requireScope', 'requireClient'] as const) {
      const app = framework.createApp(({ use, route }) => {
        use(framework.authenticate(aResourceServer()));
        route('/', kit[name] as never, () => 'in');
      });
      const response = await send(app, { token: aUserToken() });
      expect(response.status).toBe(500);
      const written = name === 'requireUser' ? 'requireUser()' : `${name}(…)`;
      expect(app.faults.map(String)).toEqual([expect.stringContaining(`Write ${written}`)]);
    }
  });

  it('an uncalled authenticate says what to write', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(kit.authenticate as never);
      route('/', () => 'in');
    });
    expect((await send(app, { token: aUserToken() })).status).toBe(500);
    expect(app.faults.map(String)).toEqual([
      expect.stringContaining('Write authenticate({ issuer, audience })'),
    ]);
  });

  it('an uncalled authErrorHandler says what to write', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(kit.authErrorHandler as never);
      route('/', () => 'in');
    });
    expect((await send(app)).status).toBe(500);
    expect(app.faults.map(String)).toEqual([expect.stringContaining('Write authErrorHandler()')]);
  });

  it('a second argument of a guard is refused, because it would not be checked', () => {
    const { scope, user } = kit;
    const calls: readonly (readonly [keyof typeof kit, readonly unknown[]])[] = [
      ['authorize', [user()]],
      ['requireUser', [{ viaActor: 'refuse' }]],
      ['requireAuthenticationContext', [{ maxAgeSec: 60, clients: 'refuse' }]],
      ['requireAuthorizationDetail', ['payment', () => true]],
    ];
    for (const [name, args] of calls) {
      const make: (...given: readonly unknown[]) => unknown = kit[name] as never;
      expect(() => make(...args, scope('a'))).toThrow(/Write: authorize\(allOf\(/);
      expect(make(...args)).toBeTypeOf('function');
    }
    const authorize: (requirement: Requirement) => unknown = kit.authorize;
    expect([user(), scope('a')].map(authorize)).toHaveLength(2);
  });

  it('a guard in the place of a requirement is refused with the requirement to write', () => {
    const guard = kit.requireScope('a') as never;
    expect(() => kit.authorize(guard)).toThrow("not a guard: write authorize(scope('read:users'))");
    expect(() => kit.allOf(kit.user(), guard)).toThrow('allOf() needs requirements, not a guard');
    const test = (() => true) as never;
    expect(() => kit.authorize(test)).toThrow('claim((claims) => ');
  });

  it('middleware of the other package says which package to import', async () => {
    const other = frameworks.find((each) => each.kit !== kit)?.kit;
    if (other === undefined) throw new Error('There is one kit only');
    const server = aResourceServer();
    const middleware: readonly (readonly [string, unknown])[] = [
      ['authenticate', (other.authenticate as (one: typeof server) => unknown)(server)],
      ['authorize', other.requireUser()],
      ['mount', other.mount(async () => undefined)],
    ];
    for (const [name, foreign] of middleware) {
      const app = framework.createApp(({ use, route }) => {
        use(foreign as never);
        route('/', () => 'in');
      });
      const response = await send(app, { token: aUserToken() });
      expect(response.status).toBe(500);
      expect(app.faults.map(String)).toEqual([
        expect.stringMatching(
          new RegExp(`^ConfigurationError: ${name} of .*write: import \\{ ${name} \\}`),
        ),
      ]);
    }
  });

  it('mount and protectedResourceMetadata say what they take', () => {
    expect(() => kit.mount({ handler: () => {} } as never)).toThrow('Write: mount(issuer.handler)');
    const options = { issuer: {}, audience: 'https://api.example.com' } as never;
    expect(() => kit.protectedResourceMetadata(options)).toThrow(
      /takes a resource server\. Write: const resourceServer = createResourceServer\(/,
    );
  });

  it('findPrincipal without authenticate gives undefined', async () => {
    const app = framework.createApp(({ route }) =>
      route('/', ({ carrier }) => kit.findPrincipal(carrier) ?? null),
    );
    const response = await send(app, { token: aUserToken() });
    expect(response.status).toBe(200);
    expect(response.body).toBeNull();
  });

  it('an error of a handler behind the guards stays the application’s own', async () => {
    const fault = new Error('a handler failed');
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/', kit.requireUser(), () => {
        throw fault;
      });
      route('/later', kit.requireUser(), () => Promise.reject(fault));
    });
    const token = aUserToken();
    expect((await send(app, { token })).status).toBe(500);
    expect((await send(app, { path: '/later', token })).status).toBe(500);
    expect(app.faults).toEqual([fault, fault]);
  });

  it('wrong options cause a ConfigurationError at construction', () => {
    const nothing: unknown = undefined;
    const attempts: readonly unknown[] = [nothing, {}, { issuer: 'https://as.example.com' }];
    for (const options of attempts) {
      expect(() =>
        framework.authenticate(options as Parameters<typeof framework.authenticate>[0]),
      ).toThrow(kit.ConfigurationError);
    }
  });
});
