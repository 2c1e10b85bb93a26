const { once } = require('node:events');
const { createServer } = require('node:http');
const { principalOf } = require('@authly/express');
const { authly } = require('@authly/express/providers');
const { aUser, testIssuer, withPrincipal } = require('@authly/testing');
const { createApp } = require('./commonjs-app.cjs');
const { esmOnly } = require('./entry-points.cjs');

test.each(esmOnly)('%s loads by require()', (name) => {
  expect(Object.values(require(name)).some((value) => typeof value === 'function')).toBe(true);
});

test('an API is tested with real tokens', async () => {
  const { issuer, jwks, audience, aUserToken } = testIssuer();
  const server = createServer(createApp({ issuer: authly({ issuer, jwks }), audience }));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const authorization = `Bearer ${aUserToken({ sub: 'ada', scope: 'read:users' })}`;
  const url = `http://127.0.0.1:${server.address().port}/`;
  const response = await fetch(url, { headers: { authorization } });
  expect(await response.json()).toEqual({ user: 'ada' });
  server.closeAllConnections();
  server.close();
});

test('a handler is tested with a principal', () => {
  expect(principalOf(withPrincipal({}, aUser({ userId: 'ada' }))).userId).toBe('ada');
});
