// A CommonJS file that imports the packages that are ESM only, and gives them what require() returned.
import { authenticate, principalOf, requireScope } from '@authly/express';
import { auth0 } from '@authly/express/providers';
import { createIssuer } from '@authly/issuer';
import { aUser, testIssuer, withPrincipal } from '@authly/testing';

const { resourceServer } = authenticate({
  issuer: auth0({ domain: 'acme.eu.auth0.com', jwks: testIssuer().jwks }),
  audience: 'https://api.acme.test',
});
export const request = withPrincipal({ headers: {} }, aUser({ userId: 'ada' }), { resourceServer });
export const name: string = principalOf(request).key;
export const newIssuer: typeof createIssuer = createIssuer;
export const guard = requireScope('a');
