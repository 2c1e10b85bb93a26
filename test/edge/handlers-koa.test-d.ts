import {
  authenticate,
  type ClientPrincipal,
  clientOf,
  describeRequirements,
  type Guard,
  type KoaMiddleware,
  openapiSecurity,
  type Principal,
  requireActor,
  requireClient,
  requireRole,
  requireScope,
  requireUser,
  type UserPrincipal,
  userOf,
} from '@authly/koa';
import { rfc9068 } from '@authly/koa/providers';
import { Router } from '@koa/router';
import Koa from 'koa';
import { type Same, typed } from '../types/expect-type.ts';

const app = new Koa();
const router = new Router();
const options = { issuer: rfc9068('https://as.example.com'), audience: 'https://api.example.com' };

// After a guard the handler asks for the kind that the guard let through: no cast.
router.get('/me', requireUser(), (context) => {
  const user: UserPrincipal = userOf(context);
  context.body = { id: user.userId, via: user.clientId };
});

// And `ctx.state.principal` is of that kind, in whatever order the guards of the route stand.
router.get('/users/:id', requireUser(), (context) => {
  typed<true>({} as Same<typeof context.state.principal.userId, string>);
  context.body = { user: context.state.principal.userId, id: context.params['id'] };
});
router.get('/users', requireScope('a'), requireUser(), requireRole('b'), async (context, next) => {
  typed<UserPrincipal>(context.state.principal);
  // @ts-expect-error: a user has no subject
  context.state.principal.subject;
  await next();
});
router.post('/sync', requireClient('nightly-sync'), (context) => {
  typed<ClientPrincipal>(context.state.principal);
  context.body = { client: clientOf(context).clientId };
  // @ts-expect-error: a client has no user id
  context.state.principal.userId;
});

// So it is after `app.use`, in the same chain.
new Koa()
  .use(authenticate(options))
  .use(requireUser())
  .use((context) => {
    context.body = context.state.principal.userId;
  });

// Where no guard says the kind, it is open, and so is whether somebody is calling.
router.get('/any', requireScope('a'), (context) => {
  typed<true>({} as Same<typeof context.state.principal, Principal | undefined>);
  // @ts-expect-error: nobody may be calling
  context.state.principal.kind;
});

// Guards are Koa's own middleware, and say what they need.
const middleware: Koa.Middleware[] = [requireUser(), requireClient(), requireScope('a')];
const own: KoaMiddleware[] = [requireUser(), authenticate(options)];
const guards: readonly Guard[] = [requireUser(), requireClient(), requireScope('a')];
typed<readonly string[]>(guards.flatMap(({ requirement }) => requirement.scopes));
for (const each of middleware) app.use(each);
router.use(requireUser(), requireScope('a'));
router.use('/me', requireUser());

// Apps and routers are described as they are.
openapiSecurity([
  ...describeRequirements(app),
  ...describeRequirements(router, { base: '/v1', before: own }),
  ...describeRequirements(router.routes()),
]);

// A list of callers is given as a list: spread, an empty one would be everybody.
const listed: readonly string[] = ['nightly-sync'];
requireClient(listed);
requireActor(listed);
// @ts-expect-error a spread list
requireClient(...listed);
// @ts-expect-error a spread list
requireActor(...listed);
