import {
  authenticate,
  clientOf,
  type Principal,
  principalOf,
  requireScope,
  requireUser,
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
