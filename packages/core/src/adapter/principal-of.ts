import { RefusedError } from '../http/refusal.ts';
import type { ClientPrincipal, Principal, UserPrincipal } from '../model/principal.ts';
import { Refused } from '../model/refused.ts';
import { client, user } from '../requirement/caller-kind.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';
import { adapterSideOf } from './adapter-side-of.ts';
import { type Admission, admissionOf } from './admission.ts';
import { notAdmitted } from './not-admitted.ts';
import { noteRefusal } from './refusal-of.ts';

const A_USER = user();
const A_CLIENT = client();

/**
 * Gives the caller of a request (Express) or a context (Koa). Throws a plain `Error` when `authenticate` has not run on it,
 * and an `AuthError` with the code `missing_credentials` for an anonymous request (with `optional` or `skip`).
 */
export function principalOf(request: object): Principal {
  return principalFor('principalOf', request);
}

/** Gives the caller of a request; `undefined` for an anonymous request, and if `authenticate` has not run. */
export function findPrincipal(request: object): Principal | undefined {
  return admissionOf(request)?.principal;
}

/**
 * Gives the user who is calling. Throws an `AuthError` with the code `forbidden` when a client is calling, and otherwise
 * as {@link principalOf} does.
 */
export function userOf(request: object): UserPrincipal {
  const principal = principalFor('userOf', request);
  return principal.kind === 'user' ? principal : refuse(request, A_USER);
}

/**
 * Gives the client that is calling in its own name. Throws an `AuthError` with the code `forbidden` when a user is calling,
 * and otherwise as {@link principalOf} does.
 */
export function clientOf(request: object): ClientPrincipal {
  const principal = principalFor('clientOf', request);
  return principal.kind === 'client' ? principal : refuse(request, A_CLIENT);
}

function principalFor(call: string, request: object): Principal {
  const { principal } = admitted(call, request);
  return principal ?? refuse(request, A_USER);
}

function admitted(call: string, request: object): Admission {
  const given: object | null | undefined = request;
  const admission = given ? admissionOf(given) : undefined;
  if (admission !== undefined) return admission;
  throw notAdmitted(call, request);
}

// Evaluates the requirement as a guard does, so that the answer and the event are the same as a guard's.
function refuse(request: object, requirement: Requirement): never {
  const { resourceServer, principal, passed } = admitted('principalOf', request);
  const error = resourceServer.evaluate(principal, requirement, passed) ?? failed(resourceServer);
  noteRefusal(request, error);
  adapterSideOf(resourceServer).report(error);
  throw error;
}

function failed(resourceServer: ResourceServer<unknown>): RefusedError {
  const refused = new Refused('requirement_failed');
  return new RefusedError(refused, (error) => resourceServer.refusal(error));
}
