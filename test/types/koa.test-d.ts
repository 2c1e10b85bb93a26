import {
  authErrorHandler,
  authenticate,
  authorize,
  clientOf,
  createResourceServer,
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
  userOf,
} from '@authly/koa';
import { rfc9068 } from '@authly/koa/providers';
import { Router } from '@koa/router';
import Koa from 'koa';
import { type Same, typed } from './expect-type.ts';

const app = new Koa();
const router = new Router();
const options = { issuer: rfc9068('https://as.example.com'), audience: 'https://api.example.com' };

app.use(authenticate(options));
app.use(requireScope('read:users'));
router.use(requireUser());

app.use(async (context, next) => {
  typed<Same<typeof context.state.principal, Principal | undefined>>(true);
  const { principal } = context.state;
  // @ts-expect-error: without authenticate nobody is there
  principal.kind;
  if (principal === undefined) return next();
  // @ts-expect-error: the kind is not narrowed yet, and a client has no user id
  principal.userId;
  // @ts-expect-error: nor is there a sub for both
  principal.sub;
  typed<string | undefined>(principal.clientId);
  if (principal.kind === 'user') {
    typed<string>(principal.userId);
  } else {
    typed<string>(principal.clientId);
    // @ts-expect-error: a client has no user id
    principal.userId;
  }
  context.body = principal.key;
  return next();
});

// In a chain after an `authenticate` that is not optional, somebody is there.
new Koa().use(authenticate(options)).use((context) => {
  typed<Same<typeof context.state.principal, Principal>>(true);
});
new Koa().use(authenticate(options, { optional: true })).use((context) => {
  typed<Same<typeof context.state.principal, Principal | undefined>>(true);
});
router.get('/me', authenticate(options), requireUser(), (context) => {
  typed<string>(context.state.principal.userId);
});

// An application's own state, of whatever type, and its own context.
interface OwnState {
  readonly requestId: string;
}
const own = new Koa<OwnState, { readonly log: (text: string) => void }>();
own.use(authenticate(options, { optional: true })).use(requireScope('a'));
own.use(authenticate(options)).use((context) => {
  typed<Principal>(context.state.principal);
  context.log(context.state.requestId);
});
new Koa<{ principal: { name: string } }>().use(requireScope('a')).use((context) => {
  typed<string>(context.state.principal.name);
});

app.use((context) => {
  typed<Principal>(principalOf(context));
  // @ts-expect-error: the kind is not narrowed yet
  principalOf(context).userId;
  typed<string>(userOf(context).userId);
  typed<string>(clientOf(context).clientId);
});

// Handlers after a guard keep the router's own types.
router.get('/users/:id', requireScope('read:users'), (context) => {
  typed<string | undefined>(context.params['id']);
  typed<Principal | undefined>(context.state.principal);
  // @ts-expect-error: the kind is not narrowed yet
  context.state.principal?.userId;
  context.body = { id: context.params['id'] };
});

// @ts-expect-error: that is Express's way
authenticate(options, { onRefusal: 'next' });
authenticate(options, { onRefusal: 'throw', optional: true });

// Makers of middleware are called: the middleware is what they make. (`app.use(requireUser)` compiles,
// since Koa takes what a middleware asks for as part of the context: it says what to write when called.)
// @ts-expect-error: write requireUser()
const uncalled: Koa.Middleware = requireUser;
app.use(uncalled);
// @ts-expect-error: write requireScope('a')
router.get('/uncalled', requireScope, (_context) => {});
// @ts-expect-error: write requireClient()
router.get('/uncalled', requireClient, (_context) => {});
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
