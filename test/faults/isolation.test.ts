import { createResourceServer, isAuthError } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { expect, it, onTestFinished } from 'vitest';
import { AUDIENCE, anIdentityProvider, withKid } from './identity-provider.ts';

it("one issuer's outage and flood do not touch another's requests", async () => {
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
  expect(server.verify(good)).not.toBeInstanceOf(Promise);
  // A key of the other issuer with the same kid does not verify.
  const [header, payload] = good.split('.');
  expect(await status(`${header}.${payload}.${other.split('.')[2]}`)).toBe(401);
  expect(new Set(await Promise.all(stuck))).toEqual(new Set([503]));
  expect(healthy.requests).toEqual({ metadata: 1, keys: 1 });
  expect(down.requests).toEqual({ metadata: 1, keys: 0 });
});
