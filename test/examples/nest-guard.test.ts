import '@authly-examples/nest-api';
import type { IncomingMessage } from 'node:http';
import { createResourceServer, scope, user } from '@authly/core';
import { admissionMode } from '@authly/core/adapter';
import { authly } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { AuthGuard } from '../../examples/nest-api/src/auth-guard.ts';
import { Public, Requires } from '../../examples/nest-api/src/requires.ts';

const { audience, aClientToken, aUserToken, issuer, jwks } = testIssuer();
const server = createResourceServer({ issuer: authly({ issuer, jwks }), audience });
afterAll(() => server.close());

type Decorators = readonly (MethodDecorator & ClassDecorator)[];
type Place = (...values: unknown[]) => unknown;

/** Nest's Reflector, as far as the guard uses it. */
const reflector = {
  get: (key: string, place: object) => Reflect.getMetadata(key, place),
};

/** A handler of a controller, each with its decorators, the topmost first. */
function aRoute({ controller = [], handler = [] }: Record<string, Decorators>, base?: Place) {
  class Controller {
    handle() {}
  }
  if (base) Object.setPrototypeOf(Controller, base);
  const place = Object.getOwnPropertyDescriptor(Controller.prototype, 'handle') ?? {};
  for (const each of handler.toReversed()) each(Controller.prototype, 'handle', place);
  for (const each of controller.toReversed()) each(Controller);
  return Controller;
}

async function pass(Controller: ReturnType<typeof aRoute>, token?: string): Promise<unknown> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const request = {
    method: 'GET',
    url: '/',
    originalUrl: '/',
    headers,
  } as unknown as IncomingMessage;
  const context = {
    getClass: () => Controller,
    getHandler: () => Controller.prototype.handle,
    getType: () => 'http',
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({}) }),
  };
  const guard = new AuthGuard(admissionMode(server), reflector as never);
  return guard.canActivate(context as never).then(
    () => 'passed',
    (error) => error.code,
  );
}

describe('the guard of examples/nest-api', () => {
  const reader = aUserToken({ sub: 'u-17', scope: 'read:orders' });

  it('asks for what a handler requires, whatever its controller says', async () => {
    const route = aRoute({ controller: [Public()], handler: [Requires(scope('write:orders'))] });
    expect(await pass(route)).toBe('missing_credentials');
    expect(await pass(route, reader)).toBe('insufficient_scope');
    expect(await pass(aRoute({ handler: [Public(), Requires(user())] }))).toBe(
      'missing_credentials',
    );
  });

  it('lets a handler be public in a controller that requires something', async () => {
    const route = aRoute({ controller: [Requires(user())], handler: [Public()] });
    expect(await pass(route)).toBe('passed');
    expect(await pass(aRoute({ controller: [Public()] }))).toBe('passed');
    expect(await pass(aRoute({}))).toBe('missing_credentials');
  });

  it('asks for what a controller requires that is also public, itself or by the one it extends', async () => {
    const both = aRoute({ controller: [Public(), Requires(user())] });
    const base = aRoute({ controller: [Public()] });
    const extended = aRoute({ controller: [Requires(user())] }, base as never);
    for (const route of [both, extended]) {
      expect(await pass(route)).toBe('missing_credentials');
      expect(await pass(route, reader)).toBe('passed');
    }
  });

  it('asks for what every decorator of a place requires', async () => {
    for (const place of ['controller', 'handler']) {
      const route = aRoute({ [place]: [Requires(scope('read:orders')), Requires(user())] });
      expect(await pass(route, reader)).toBe('passed');
      expect(await pass(route, aUserToken({ scope: 'other' }))).toBe('insufficient_scope');
      expect(await pass(route, aClientToken({ scope: 'read:orders' }))).toBe('forbidden');
    }
  });

  it('asks for what the controller requires that another extends', async () => {
    const base = aRoute({ controller: [Requires(user())] });
    const route = aRoute({ controller: [Requires(scope('read:orders'))] }, base as never);
    expect(await pass(route, aClientToken({ scope: 'read:orders' }))).toBe('forbidden');
    expect(await pass(route, reader)).toBe('passed');
  });
});
