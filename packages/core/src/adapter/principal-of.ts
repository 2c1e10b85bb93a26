import { RefusedError } from '../http/refusal.ts';
import type { ClientPrincipal, Principal, UserPrincipal } from '../model/principal.ts';
import { Refused } from '../model/refused.ts';
import { client, user } from '../requirement/caller-kind.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';
import { adapterSideOf } from './adapter-side-of.ts';
import { type Admission, admissionOf } from './admission.ts';
import { noteRefusal } from './refusal-of.ts';

const A_USER = user();
const A_CLIENT = client();

/**
 * Who is calling, for a request (Express) or a context (Koa). Throws a programming error when
 * `authenticate` has not run on it, and `AuthError` `missing_credentials` for an anonymous request
 * where authentication is optional.
 */
export function principalOf(request: object): Principal {
  const { principal } = admitted(request);
  return principal ?? refuse(request, A_USER);
}

/** Who is calling; `undefined` for an anonymous request, and where `authenticate` has not run. */
export function findPrincipal(request: object): Principal | undefined {
  return admissionOf(request)?.principal;
}

/** The user who is calling; throws `AuthError` `forbidden` for a client. */
export function userOf(request: object): UserPrincipal {
  const principal = principalOf(request);
  return principal.kind === 'user' ? principal : refuse(request, A_USER);
}

/** The client that is calling in its own name; throws `AuthError` `forbidden` for a user. */
export function clientOf(request: object): ClientPrincipal {
  const principal = principalOf(request);
  return principal.kind === 'client' ? principal : refuse(request, A_CLIENT);
}

function admitted(request: object): Admission {
  const admission = admissionOf(request);
  if (admission !== undefined) return admission;
  throw new Error(
    'authenticate has not run on this request. Write: app.use(authenticate({ … })) before the route',
  );
}

// Evaluated like a guard of the route, so that it is told the same way, to client and operator.
function refuse(request: object, requirement: Requirement): never {
  const { resourceServer, principal, passed } = admitted(request);
  const error = resourceServer.evaluate(principal, requirement, passed) ?? failed(resourceServer);
  noteRefusal(request, error);
  adapterSideOf(resourceServer).report(error);
  throw error;
}

function failed(resourceServer: ResourceServer<unknown>): RefusedError {
  const refused = new Refused('requirement_failed');
  return new RefusedError(refused, (error) => resourceServer.refusal(error));
}
