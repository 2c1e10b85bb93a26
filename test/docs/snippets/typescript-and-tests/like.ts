import { createResourceServer, type Principal } from '@authly/core';
import { keycloak } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';

// #region like
const issuer = testIssuer({
  like: 'keycloak',
  issuer: 'https://sso.acme.com/realms/acme',
  audience: 'orders-api',
});
const resourceServer = createResourceServer({
  issuer: keycloak({ issuer: 'https://sso.acme.com/realms/acme', fetch: issuer.fetch }),
  audience: 'orders-api',
});

const user = await resourceServer.verify(issuer.aUserToken({ sub: 'u-17' }));
const machine = await resourceServer.verify(issuer.aClientToken());
// #endregion

// #region failures
const newKey = issuer.rotate();
const signedByNewKey = issuer.aUserToken();

const end = issuer.outage('hang');
end();

issuer.withdraw(newKey.kid);
// #endregion

resourceServer.close();
export const callers: readonly Principal[] = [user, machine];
export const kid: string = newKey.kid;
export const left: readonly string[] = issuer.keys.map((key) => key.kid);
export { signedByNewKey };
