import {
  authenticate,
  authorize,
  clientOf,
  findPrincipal,
  isAuthError,
  type Principal,
  principalOf,
  requireScope,
  requireUser,
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
