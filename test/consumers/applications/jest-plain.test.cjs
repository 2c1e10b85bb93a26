const { generateKeyPairSync } = require('node:crypto');
const { AuthError, authenticate, isAuthError, mount } = require('@authly/express');
const { authly } = require('@authly/express/providers');
const { redisStores } = require('@authly/redis');
const { backChannelLogout } = require('@authly/signals');
const { commonJs } = require('./entry-points.cjs');

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [publicKey.export({ format: 'jwk' })] };
const options = {
  issuer: authly({ issuer: 'https://as.test', jwks }),
  audience: 'https://api.test',
};

test.each(commonJs)('%s loads by require()', (name) => {
  expect(Object.values(require(name)).some((value) => typeof value === 'function')).toBe(true);
});

test('a request without a token is refused, mocked as it is', async () => {
  const response = { headersSent: false, setHeader: jest.fn(), end: jest.fn() };
  await new Promise((resolve) => {
    response.end.mockImplementation(resolve);
    authenticate(options)({ headers: {} }, response, resolve);
  });
  expect(response.statusCode).toBe(401);
  expect(isAuthError(new AuthError('expired'))).toBe(true);
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

test('an endpoint for signals is made, with stores of a mocked Redis', () => {
  const command = jest.fn(async () => null);
  const { revocations } = redisStores({ command, prefix: 'orders' });
  const { issuer } = options;
  const endpoint = backChannelLogout({ issuer, clientId: 'web-app', revocations });
  expect(typeof mount(endpoint)).toBe('function');
});
