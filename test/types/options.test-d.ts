import { createResourceServer } from '@authly/core';
import { auth0, custom, firebase, rfc9068 } from '@authly/core/providers';
import { authenticate as onExpress } from '@authly/express';
import { authenticate as onKoa } from '@authly/koa';
import { z } from 'zod';

const issuer = rfc9068('https://as.example.com');
const other = auth0('acme.eu.auth0.com');
const audience = 'https://api.example.com';
const audienceFree = custom({
  issuer: 'https://as.example.com',
  classify: () => 'refuse',
  audienceClaim: 'absent',
  accepts: () => false,
});

createResourceServer({ issuer, audience });
createResourceServer({ issuer, audience: ['https://api.example.com', 'urn:api'] });
createResourceServer({ issuer: audienceFree });
createResourceServer({
  issuers: [{ ...issuer, audience }, { ...other, audience: 'urn:api' }, audienceFree],
});
createResourceServer({ issuer: { ...issuer, audience } });
createResourceServer({ issuer: firebase('acme-prod') });
createResourceServer({ issuers: async () => ({ ...issuer, audience }) });
createResourceServer({ issuers: () => null });

// The adapters take options or a server, with any claims schema.
const claims = z.object({ tenant_id: z.string() });
onExpress({ issuer, audience, claims });
onExpress(createResourceServer({ issuer, audience, claims }));
onKoa({ issuer, audience, claims });
onKoa(createResourceServer({ issuer, audience, claims }));

// A missing audience would let tokens for any other API in.
// @ts-expect-error: audience is missing
createResourceServer({ issuer });
// @ts-expect-error: audience is missing
onExpress({ issuer });
// @ts-expect-error: audience is missing
onKoa({ issuer });
// @ts-expect-error: audience is missing
createResourceServer({ issuer, audience: undefined });
// @ts-expect-error: an empty list names no audience
createResourceServer({ issuer, audience: [] });
// @ts-expect-error: the second entry's audience is missing
createResourceServer({ issuers: [{ ...issuer, audience }, other] });
// @ts-expect-error: the entry that is found has no audience
createResourceServer({ issuers: async () => issuer });

// Where tokens carry no aud, an audience would be checked by nobody.
// @ts-expect-error: audience cannot be checked
createResourceServer({ issuer: audienceFree, audience });
// @ts-expect-error: audience cannot be checked
onExpress({ issuer: audienceFree, audience });
// @ts-expect-error: audience cannot be checked
createResourceServer({ issuers: [{ ...audienceFree, audience }] });
// @ts-expect-error: something must be checked in its stead
custom({ issuer: 'https://as.example.com', classify: () => 'user', audienceClaim: 'absent' });

// @ts-expect-error: with several issuers each owns its audience
createResourceServer({ issuers: [{ ...issuer, audience }], audience });
// @ts-expect-error: either issuer or issuers
createResourceServer({ issuer, audience, issuers: [{ ...issuer, audience }] });
// @ts-expect-error: an issuer is a preset's result, since only a preset tells users from clients
createResourceServer({ issuer: 'https://as.example.com', audience });
// @ts-expect-error: HMAC is not among the algorithms
createResourceServer({ issuer, audience, algorithms: ['HS256'] });
// @ts-expect-error: there is no such option
createResourceServer({ issuer, audience, ignoreExpiration: true });
const jwksUri = 'https://as.example.com/jwks';
// @ts-expect-error: either the keys are given, or their address
rfc9068({ issuer: 'https://as.example.com', jwks: { keys: [] }, jwksUri });
