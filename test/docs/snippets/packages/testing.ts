// #region testing
import { createResourceServer } from '@authly/core';
import { keycloak } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';

const issuer = testIssuer({ like: 'keycloak' });
const resourceServer = createResourceServer({
  issuer: keycloak({ issuer: issuer.issuer, fetch: issuer.fetch }),
  audience: issuer.audience,
});

const user = await resourceServer.verify(issuer.aUserToken({ sub: 'u-17' }));
const machine = await resourceServer.verify(issuer.aClientToken());

// #endregion

export { machine, user };
