const { generateKeyPairSync } = require('node:crypto');
const { AuthError, authenticate, isAuthError, requireUser } = require('@authly/express');
const { authly } = require('@authly/express/providers');
const koa = require('@authly/koa');
const mcp = require('@authly/mcp');

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [publicKey.export({ format: 'jwk' })] };
const options = {
  issuer: authly({ issuer: 'https://as.test', jwks }),
  audience: 'https://api.test',
};

test('a request without a token is refused, mocked as it is', async () => {
  const response = { headersSent: false, setHeader: jest.fn(), end: jest.fn() };
  await new Promise((resolve) => {
    response.end.mockImplementation(resolve);
    authenticate(options)({ headers: {} }, response, resolve);
  });
  expect(response.statusCode).toBe(401);
  expect(isAuthError(new AuthError('expired'))).toBe(true);
  expect([typeof requireUser, typeof koa.authenticate, typeof mcp.toAuthInfo]).toEqual(
    Array(3).fill('function'),
  );
});

test('keys are fetched by the fetch that the test puts in place', async () => {
  const auth = authenticate({ ...options, issuer: authly('https://as.test') });
  const fetch = jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
    const isMetadata = String(url).includes('.well-known');
    const body = isMetadata
      ? { issuer: 'https://as.test', jwks_uri: 'https://as.test/jwks' }
      : jwks;
    return new Response(JSON.stringify(body));
  });
  await auth.resourceServer.ready();
  expect(fetch).toHaveBeenCalledTimes(2);
  auth.resourceServer.close();
  fetch.mockRestore();
});
