// What loads more at its first request, by import().
const { generateKeyPairSync } = require('node:crypto');
const { clientSecretBasic, tokenSource } = require('@authly/client');
const { createResourceServer } = require('@authly/core');
const { rfc9068 } = require('@authly/core/providers');

const client = clientSecretBasic('orders', 's-1');
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [publicKey.export({ format: 'jwk' })] };

test('a token is fetched by the fetch that the test gives', async () => {
  const fetch = jest.fn(async () =>
    Response.json({ access_token: 't-1', token_type: 'Bearer', expires_in: 300 }),
  );
  const source = tokenSource({
    issuer: 'https://as.test',
    tokenEndpoint: 'https://as.test/token',
    client,
    resource: 'https://billing.test',
    fetch,
  });
  expect((await source.token()).accessToken).toBe('t-1');
  expect(fetch).toHaveBeenCalledTimes(1);
  source.close();
});

test('an opaque token is introspected by the fetch that the test gives', async () => {
  const iss = 'https://as.test';
  const aud = 'https://api.test';
  const exp = Math.floor(Date.now() / 1000) + 300;
  const token = { token_type: 'Bearer', client_id: 'web', sub: 'ada', scope: 'read' };
  const fetch = jest.fn(async () => Response.json({ active: true, iss, aud, exp, ...token }));
  const resourceServer = createResourceServer({
    issuer: rfc9068({ issuer: iss, jwks, fetch }),
    audience: aud,
    introspection: { client, endpoint: `${iss}/introspect` },
  });
  const caller = await resourceServer.verify('an-opaque-token');
  expect(caller).toMatchObject({ kind: 'user', userId: 'ada' });
  resourceServer.close();
});
