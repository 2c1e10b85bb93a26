import {
  authenticate,
  clientOf,
  describeRequirements,
  type Guard,
  openapiSecurity,
  type RouteDescription,
  requireActor,
  requireClient,
  requireScope,
  requireUser,
  type UserPrincipal,
  userOf,
} from '@authly/express';
import { rfc9068 } from '@authly/express/providers';
import express, { type RequestHandler, Router } from 'express';
import { typed } from '../types/expect-type.ts';

const app = express();
const router = Router();
const options = { issuer: rfc9068('https://as.example.com'), audience: 'https://api.example.com' };

// After a guard the handler asks for the kind that the guard let through: no cast.
app.get('/me', authenticate(options), requireUser(), (request, response) => {
  const user: UserPrincipal = userOf(request);
  response.json({ id: user.userId, via: user.clientId });
});
router.post('/sync', requireClient('nightly-sync'), requireScope('sync'), (request, response) => {
  response.json({ client: clientOf(request).clientId });
});
router.get<{ id: string }>('/:id', requireUser(), (request, response) => {
  response.json({ id: request.params.id, user: userOf(request).userId });
});

// What the guard does not let through is no member.
app.get('/wrong', requireUser(), (request) => {
  // @ts-expect-error: a user has no subject
  userOf(request).subject;
  // @ts-expect-error: a client has no user id
  clientOf(request).userId;
  // @ts-expect-error: Express cannot tell that the guard ran: ask with userOf
  request.principal.userId;
});

// Guards are Express's own middleware, and say what they need.
const handlers: RequestHandler[] = [requireUser(), requireScope('a')];
const guards: readonly Guard[] = [requireUser(), requireClient(), requireScope('a')];
typed<readonly string[]>(guards.flatMap(({ requirement }) => requirement.scopes));

// Apps and routers are described as they are.
const routes: readonly RouteDescription[] = [
  ...describeRequirements(app),
  ...describeRequirements(router, { base: '/v1', before: [authenticate(options), ...handlers] }),
];
const { paths, omitted } = openapiSecurity(routes, { scheme: { type: 'http' } });
typed<readonly Readonly<Record<string, readonly string[]>>[] | undefined>(
  paths['/me']?.get?.security,
);
typed<string | undefined>(omitted[0]?.route.path);
// @ts-expect-error: the path may be unknown
typed<string>(routes[0]?.path ?? 0);
// @ts-expect-error: discovery needs a URL
openapiSecurity(routes, { scheme: { type: 'openIdConnect' } });
// @ts-expect-error: there is no such method in OpenAPI 3.1
paths['/me']?.query;

// A list of callers is given as a list: spread, an empty one would be everybody.
const listed: readonly string[] = ['nightly-sync'];
requireClient(listed);
requireActor(listed);
// @ts-expect-error a spread list
requireClient(...listed);
// @ts-expect-error a spread list
requireActor(...listed);
