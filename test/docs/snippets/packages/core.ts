// #region core
import { createResourceServer, scope } from '@authly/core';
import { auth0 } from '@authly/core/providers';

const resourceServer = createResourceServer({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
});

/** Who sent this token, and whether they may write orders. */
async function callerOf(token: string) {
  const caller = await resourceServer.verify(token);
  const refusal = resourceServer.evaluate(caller, scope('write:orders'));
  if (refusal) throw refusal;
  return caller.kind === 'user' ? `user ${caller.userId}` : `service ${caller.clientId}`;
}

// #endregion

export { callerOf };
