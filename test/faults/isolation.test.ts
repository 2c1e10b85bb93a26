import { createResourceServer, isAuthError, type ResourceServer } from '@authly/core';
import { admitRequest } from '@authly/core/adapter';
import { rfc9068 } from '@authly/core/providers';
import { expect, it, onTestFinished } from 'vitest';
import { AUDIENCE, anIdentityProvider, withKid } from './identity-provider.ts';

/** Whether an adapter continues in the same turn, without waiting for anything. */
function isAnsweredAtOnce(server: ResourceServer, token: string): boolean {
  const view = { method: 'GET', url: '/', header: () => `Bearer ${token}` };
  const mode = { resourceServer: server, optional: false, delegated: false };
  return !(admitRequest({}, view, mode) instanceof Promise);
}

it('an outage of one issuer and a flood of its tokens do not affect requests of another', async () => {
  const [healthy, down] = [await anIdentityProvider(), await anIdentityProvider()];
  const [goodKey, otherKey] = [await healthy.newKey('k1'), await down.newKey('k1')];
  healthy.keys = [goodKey.jwk];
  down.keys = [otherKey.jwk];
  down.fail('hangs');
  const server = createResourceServer({
    issuers: [healthy, down].map(({ issuer }) => ({ ...rfc9068(issuer), audience: AUDIENCE })),
    keys: { fetchTimeoutMs: 500 },
  });
  onTestFinished(() => server.close());
  const status = async (token: string) => {
    try {
      await server.verify(token);
      return 200;
    } catch (error) {
      return isAuthError(error) ? server.refusal(error).status : error;
    }
  };
  const [good, other] = [await goodKey.token(Date.now()), await otherKey.token(Date.now())];

  const stuck = Array.from({ length: 50 }, (_, n) => status(withKid(other, `made-up-${n}`)));
  expect(await status(good)).toBe(200);
  expect(isAnsweredAtOnce(server, good)).toBe(true);
  // A key of the other issuer with the same kid does not verify.
  const [header, payload] = good.split('.');
  expect(await status(`${header}.${payload}.${other.split('.')[2]}`)).toBe(401);
  expect(new Set(await Promise.all(stuck))).toEqual(new Set([503]));
  expect(healthy.requests).toEqual({ metadata: 1, keys: 1 });
  expect(down.requests).toEqual({ metadata: 1, keys: 0 });
});

it('with tenants in a database, an outage of one and a flood of unknown tokens do not affect another', async () => {
  const [healthy, down] = [await anIdentityProvider(), await anIdentityProvider()];
  const [goodKey, otherKey] = [await healthy.newKey('k1'), await down.newKey('k1')];
  healthy.keys = [goodKey.jwk];
  down.fail('hangs');
  let now = Date.now();
  const strangers: string[] = [];
  const server = createResourceServer({
    issuers: async (iss) => {
      const tenant = [healthy, down].find(({ issuer }) => issuer === iss);
      if (tenant !== undefined) return { ...rfc9068(iss), audience: AUDIENCE };
      // The database is slow only for issuers that it does not find.
      strangers.push(iss);
      return new Promise<never>(() => {});
    },
    issuerCache: { foundForSec: 100 },
    keys: { fetchTimeoutMs: 500 },
    clock: { now: () => now },
  });
  onTestFinished(() => server.close());
  const status = async (token: string) => {
    try {
      await server.verify(token);
      return 200;
    } catch (error) {
      return isAuthError(error) ? server.refusal(error).status : error;
    }
  };
  const [good, other] = [await goodKey.token(now), await otherKey.token(now)];
  expect(await status(good)).toBe(200);
  const stuck = Array.from({ length: 50 }, (_, n) => status(withKid(other, `made-up-${n}`)));
  const flood = Array.from({ length: 300 }, (_, n) => status(ofIssuer(good, `https://${n}.evil`)));
  expect(isAnsweredAtOnce(server, good)).toBe(true);
  // The entry is old now, and the lookups of unknown issuers are still running.
  now += 100_000;
  expect(await status(good)).toBe(200);
  expect(new Set(await Promise.all(stuck))).toEqual(new Set([503]));
  server.close();
  expect(new Set(await Promise.all(flood))).toEqual(new Set([503]));
  // 128 lookups run at once, and the others wait; close starts none of them.
  expect(strangers).toHaveLength(128);
  expect(healthy.requests).toEqual({ metadata: 1, keys: 1 });
  expect(down.requests).toEqual({ metadata: 1, keys: 0 });
});

/** The token as if another issuer had made it, with no valid signature. */
function ofIssuer(token: string, iss: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return `${header}.${Buffer.from(JSON.stringify({ ...claims, iss })).toString('base64url')}.${signature}`;
}
