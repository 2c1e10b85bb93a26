import { runInNewContext } from 'node:vm';
import type { ResourceServer } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { type Framework, frameworks, type TestApp } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

// A resource server that the application wrote may give promises that are not a `Promise` of this realm. An
// unhandled rejection would end the process; vitest fails if there is one.
const foreignPromise: PromiseConstructor = runInNewContext('Promise');
const kinds: readonly [string, (settled: Promise<unknown>) => unknown][] = [
  ['a promise of another realm', (settled) => foreignPromise.resolve(0).then(() => settled)],
  ['a thenable whose then returns nothing', aThenable],
];

function aThenable(settled: Promise<unknown>): object {
  const then = (...callbacks: Parameters<Promise<unknown>['then']>) => {
    void settled.then(...callbacks);
  };
  return Object.defineProperty({}, 'then', { value: then });
}

const token = aUserToken();
const ada = await aResourceServer().verify(token);

function appWith(framework: Framework, answer: () => unknown): TestApp {
  // Set by name, so that no other method of the server is used instead.
  const members = Object.fromEntries(Object.entries(aResourceServer()));
  const own: unknown = { ...members, authenticate: answer, authenticateOptional: answer };
  return protectedApp(framework, { server: own as ResourceServer<unknown> });
}

describe.each(frameworks)('$name: a resource server that the application wrote', (framework) => {
  it.each(kinds)('lets the caller in that %s resolves to', async (_, kind) => {
    const app = appWith(framework, () => kind(Promise.resolve(ada)));
    const response = await send(app, { token });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ kind: 'user', userId: 'ada' });
  });

  it.each(kinds)('refuses when %s rejects with a refusal', async (_, kind) => {
    const error = new framework.kit.AuthError('expired');
    const response = await send(
      appWith(framework, () => kind(Promise.reject(error))),
      { token },
    );
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it.each(kinds)('fails with 500 when %s rejects with another error', async (_, kind) => {
    const fault = new RangeError('a bug');
    const app = appWith(framework, () => kind(Promise.reject(fault)));
    expect((await send(app, { token })).status).toBe(500);
    expect(app.faults).toEqual([fault]);
  });

  it('fails with 500 when reading a thenable throws', async () => {
    const fault = new RangeError('a bug');
    const thenable = Object.defineProperty({}, 'then', {
      get() {
        throw fault;
      },
    });
    const app = appWith(framework, () => thenable);
    expect((await send(app, { token })).status).toBe(500);
    expect(app.faults).toEqual([fault]);
  });
});
