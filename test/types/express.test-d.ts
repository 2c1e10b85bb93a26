import {
  authErrorHandler,
  authenticate,
  authorize,
  clientOf,
  createResourceServer,
  findPrincipal,
  isAuthError,
  type Principal,
  principalOf,
  requireActor,
  requireAnyScope,
  requireClient,
  requireGroup,
  requirePermission,
  requireRole,
  requireScope,
  requireTenant,
  requireUser,
  scope,
  type UserPrincipal,
  user,
  userOf,
} from '@authly/express';
import { rfc9068 } from '@authly/express/providers';
import express, { type ErrorRequestHandler, type Request, Router } from 'express';
import { type Same, typed } from './expect-type.ts';

const app = express();
const options = { issuer: rfc9068('https://as.example.com'), audience: 'https://api.example.com' };

app.use(authenticate(options));
app.use(requireScope('read:users'), requireUser({ viaActor: 'refuse' }));
app.use('/users', authorize(user()), Router().use(requireScope('a')));

app.get('/principal', (request, response) => {
  typed<Same<typeof request.principal, Principal | undefined>>(true);
  const { principal } = request;
  // @ts-expect-error: without authenticate nobody is there
  principal.kind;
  if (principal === undefined) return;
  // @ts-expect-error: the kind is not narrowed yet, and a client has no user id
  principal.userId;
  // @ts-expect-error: the kind is not narrowed yet, and a user has no subject
  principal.subject;
  // @ts-expect-error: nor is there a sub for both
  principal.sub;
  typed<string | undefined>(principal.clientId);
  // @ts-expect-error: a user's client may be unknown
  typed<string>(principal.clientId);
  if (principal.kind === 'user') {
    typed<string>(principal.userId);
    // @ts-expect-error: a user has no subject
    principal.subject;
  } else {
    typed<string>(principal.clientId);
    // @ts-expect-error: a client has no user id
    principal.userId;
  }
  // @ts-expect-error: it is read-only
  principal.kind = 'user';
  // @ts-expect-error: its lists are, too
  principal.scopes.push('admin');
  response.json(principal.key);
});

app.get('/accessors', (request) => {
  typed<Same<ReturnType<typeof principalOf>, Principal>>(true);
  // @ts-expect-error: the kind is not narrowed yet
  principalOf(request).userId;
  // @ts-expect-error: nobody may be calling
  findPrincipal(request).kind;
  typed<UserPrincipal>(userOf(request));
  typed<string>(userOf(request).userId);
  typed<string>(clientOf(request).clientId);
  // @ts-expect-error: a client has no user id
  clientOf(request).userId;
  // @ts-expect-error: claims are unknown without a schema
  typed<string>(principalOf(request).claims['tenant_id']);
});

app.use(((error: unknown, _request, response, next) => {
  if (!isAuthError(error)) return next(error);
  typed<number>(error.status);
  response.status(error.status).set(error.headers).json(error);
}) satisfies ErrorRequestHandler);

// Handlers after a guard keep Express's own types, inferred from the path.
app.get('/users/:id', requireScope('read:users'), (request, response, next) => {
  typed<Same<typeof request.params, { id: string }>>(true);
  // @ts-expect-error: the path has no such parameter
  request.params.name;
  response.status(200).json({ id: request.params.id });
  next();
});
app.post<{ id: string }, unknown, { name: string }>(
  '/users/:id',
  requireScope('write:users'),
  requireUser(),
  (request) => {
    typed<string>(request.body.name);
    // @ts-expect-error: the body has no such member
    request.body.age;
  },
);

export function named(request: Request): string {
  return userOf(request).userId;
}

// @ts-expect-error: that is Koa's way
authenticate(options, { onRefusal: 'throw' });
authenticate(options, { onRefusal: 'next', optional: true });
// @ts-expect-error: scopes are listed one by one
requireScope(['read:users']);
// @ts-expect-error: a requirement is a value, not a name
authorize('read:users');
// @ts-expect-error: the second requirement would not be checked: authorize(allOf(…))
authorize(user(), scope('read:users'));

// Makers of middleware are called: the middleware is what they make. (`app.use(requireUser)` compiles,
// since it would do as an error handler, whose error is `any`: it says what to write when it is called.)
// @ts-expect-error: write requireUser()
app.get('/uncalled', requireUser, (_request, response) => response.end());
// @ts-expect-error: write requireScope('a')
app.get('/uncalled', requireScope, (_request, response) => response.end());
// @ts-expect-error: write requireClient()
app.get('/uncalled', requireClient, (_request, response) => response.end());
// @ts-expect-error: write authenticate({ issuer, audience })
app.use(authenticate);
app.use(authErrorHandler());

// A guard that needs nothing guards nothing; a list goes to the requirement.
// @ts-expect-error: a scope is missing
requireScope();
// @ts-expect-error: a role is missing
requireRole();
// @ts-expect-error: a scope is missing
requireAnyScope();
// @ts-expect-error: a permission is missing
requirePermission();
// @ts-expect-error: a group is missing
requireGroup();
// @ts-expect-error: a tenant is missing
requireTenant();
const list: readonly string[] = ['a'];
// @ts-expect-error: the list may be empty
requireScope(...list);
authorize(scope(...list));
requireClient();
requireActor();

// Misspelled options do not compile, of whichever overload.
// @ts-expect-error: there is no such option
authenticate({ ...options, ignoreExpiration: true });
// @ts-expect-error: an audience is missing
authenticate({ issuer: options.issuer });
const resourceServer = createResourceServer(options);
authenticate(resourceServer, { skip: ({ url }) => url === '/livez' });
authenticate(Math.random() < 2 ? resourceServer : options);
// @ts-expect-error: a promise is no answer
authenticate(options, { skip: async () => true });
// @ts-expect-error: there is no such option
authenticate(resourceServer, { optionnal: true });
