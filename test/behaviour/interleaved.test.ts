import { rfc9068 } from '@authly/core/providers';
import { afterAll, describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { listen, type RunningServer } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aUserToken, ISSUER, issuer } from '../support/tokens.ts';

const REQUESTS = 200;

const open: RunningServer[] = [];

afterAll(() => {
  for (const server of open) server.close();
});

describe.each(frameworks)('200 interleaved requests in $name', (framework) => {
  it.each([
    ['keys at hand', { issuer: ISSUER, jwks: issuer.jwks }],
    ['keys that all of them wait for', { issuer: ISSUER, jwksUri: `${ISSUER}/jwks` }],
  ])('each get their own principal: %s', async (_, preset) => {
    const server = aResourceServer({
      issuer: rfc9068(preset),
      fetch: async () => Response.json(issuer.jwks),
    });
    const { principalOf, findPrincipal, requireScope } = framework.kit;
    const everybodyIsHere = barrier(REQUESTS);
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(server));
      route('/', requireScope('read:users'), async ({ carrier }) => {
        const before = principalOf(carrier).key;
        await everybodyIsHere();
        return [before, principalOf(carrier).key, findPrincipal(carrier)?.claims['mark']];
      });
    });
    const running = await listen(app.listener);
    open.push(running);

    const seen = await Promise.all(
      Array.from({ length: REQUESTS }, async (_unused, index) => {
        const { token } = caller(index);
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(running.origin, { headers });
        return response.json();
      }),
    );
    const expected = Array.from({ length: REQUESTS }, (_unused, index) => {
      const { key } = caller(index);
      return [key, key, index];
    });
    expect(seen).toEqual(expected);
  });
});

/** Users and clients in turn, some with the same id. */
function caller(index: number) {
  const id = `id-${index >> 1}`;
  const prefix = `${index % 2 === 0 ? 'user' : 'client'}:https%3A%2F%2Fas.example.com`;
  const token =
    index % 2 === 0
      ? aUserToken({ sub: id, mark: index })
      : aClientToken({ sub: id, client_id: id, mark: index });
  return { token, key: `${prefix}:${id}` };
}

/** A function whose promise resolves for all callers once it was called this many times. */
function barrier(size: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === size) for (const release of waiting) release();
    });
}
