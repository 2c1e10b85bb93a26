import type { StandardSchemaV1 } from '@authly/core';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { protectedApp } from '../support/apps.ts';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

/** The same schema in every library: `tenant_id` is a string, `level` a number of at least 1. */
const schemas: readonly (readonly [string, StandardSchemaV1])[] = [
  ['zod', z.object({ tenant_id: z.string(), level: z.number().min(1) })],
  ['valibot', v.object({ tenant_id: v.string(), level: v.pipe(v.number(), v.minValue(1)) })],
  ['arktype', type({ tenant_id: 'string', level: 'number >= 1' })],
  [
    'zod, async',
    z.object({ tenant_id: z.string().refine(async () => true), level: z.number().min(1) }),
  ],
  [
    'valibot, async',
    v.objectAsync({
      tenant_id: v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ),
      level: v.pipe(v.number(), v.minValue(1)),
    }),
  ],
];

const throwing: readonly (readonly [string, StandardSchemaV1])[] = [
  ['at once', schemaOf(fail)],
  ['later', schemaOf(async () => fail())],
];

describe.each(frameworks)('a claims schema in $name', (framework) => {
  it.each(schemas)(
    '%s: claims that it accepts become the principal’s claims',
    async (_, claims) => {
      const response = await request(framework, claims, { tenant_id: 'acme', level: 2 });
      expect(response.status).toBe(200);
      expect(response.body.claims).toMatchObject({ tenant_id: 'acme', level: 2 });
    },
  );

  it.each(schemas)(
    '%s: claims that it does not accept cause a 401 that quotes nothing of them',
    async (_, claims) => {
      for (const wrong of [{}, { tenant_id: 'kilroy' }, { tenant_id: 'kilroy', level: 'kilroy' }]) {
        const response = await request(framework, claims, wrong);
        expect(response.status).toBe(401);
        expect(response.headers['www-authenticate']).toBe(
          'Bearer realm="api", error="invalid_token", error_description="The claims of the access token are not as this resource needs them"',
        );
        expect(response.text).not.toContain('kilroy');
      }
    },
  );

  it.each(throwing)('if it throws %s, the answer is 503, never 401', async (_, claims) => {
    const response = await request(framework, claims, {});
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
    expect(response.headers).not.toHaveProperty('www-authenticate');
    expect(response.body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The claims of the access token cannot be checked at the moment',
    });
  });

  it('its output replaces the claims, and everything else is read from the token', async () => {
    const claims = z
      .object({ level: z.coerce.number() })
      .transform(({ level }) => ({ doubled: level * 2, nested: { list: [level] } }));
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer({ claims })));
      route('/', framework.kit.requireScope('read:users'), ({ carrier }) => {
        const principal = framework.kit.userOf(carrier);
        const nested = principal.claims['nested'];
        return {
          ...principal,
          frozen: [Object.isFrozen(principal.claims), Object.isFrozen(nested)],
        };
      });
    });
    const { body } = await send(app, { token: aUserToken({ level: '21' }) });
    expect(body.claims).toEqual({ doubled: 42, nested: { list: [21] } });
    expect(body.frozen).toEqual([true, true]);
    expect(body).toMatchObject({ userId: 'ada', scopes: ['read:users', 'write:users'] });
  });

  it('it is called once for each token', async () => {
    const seen: unknown[] = [];
    const claims = schemaOf((value) => {
      seen.push(value);
      return { value };
    });
    const app = protectedApp(framework, { server: aResourceServer({ claims }) });
    const first = aUserToken({ mark: 1 });
    const second = aUserToken({ mark: 2 });
    for (const token of [first, first, second, first]) await send(app, { token });
    expect(seen).toMatchObject([{ mark: 1 }, { mark: 2 }]);
  });

  it('it is called again for a token that it refused, because refused tokens are not cached', async () => {
    let calls = 0;
    const claims = schemaOf(() => {
      calls += 1;
      return { issues: [{ message: 'no' }] };
    });
    const app = protectedApp(framework, { server: aResourceServer({ claims }) });
    const token = aUserToken();
    await send(app, { token });
    expect((await send(app, { token })).status).toBe(401);
    expect(calls).toBe(2);
  });

  it('it does not make a bad token good, nor change the reason of another fault', async () => {
    const claims = schemaOf(() => ({ value: { exp: 9_999_999_999, cnf: undefined } }));
    const server = aResourceServer({ claims });
    const app = protectedApp(framework, { server });
    const bound = await send(app, { token: aUserToken({ cnf: { jkt: 'x' } }) });
    expect(bound.status).toBe(401);
    expect((await send(app, { token: aUserToken({ exp: 1 }) })).status).toBe(401);
  });
});

describe('a claims schema at construction', () => {
  it('is refused if it is not a schema', () => {
    const notASchema: unknown = { tenant_id: 'string' };
    expect(() => aResourceServer({ claims: notASchema as StandardSchemaV1 })).toThrow(
      /claims must be a Standard Schema/,
    );
  });
});

function request(
  framework: Framework,
  claims: StandardSchemaV1,
  values: Readonly<Record<string, unknown>>,
) {
  const app = protectedApp(framework, { server: aResourceServer({ claims }) });
  return send(app, { token: aUserToken(values) });
}

function schemaOf(validate: StandardSchemaV1['~standard']['validate']): StandardSchemaV1 {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

function fail(): never {
  throw new Error('a registry is down');
}
