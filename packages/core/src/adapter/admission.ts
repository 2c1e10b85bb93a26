import type { CredentialSource } from '../http/credential-source.ts';
import { memberOf } from '../lib/member-of.ts';
import { processWide } from '../lib/process-wide.ts';
import { createRequestMap } from '../lib/request-map.ts';
import type { Principal } from '../model/principal.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';

/**
 * What an adapter remembers about an admitted request: the caller, and the resource server that
 * admitted it.
 */
export interface Admission {
  readonly resourceServer: ResourceServer<unknown>;
  /** `undefined` for an anonymous request, if authentication is optional. */
  readonly principal: Principal | undefined;
  /** The requirements of the guards that the request has passed. Each guard puts a longer list in its place. */
  passed: readonly Requirement[];
  /** Whether refusals are given to the application's own error handling. */
  readonly delegated: boolean;
  /** Where the token was looked for; `undefined` for the `Authorization` header. */
  readonly credentials?: CredentialSource | undefined;
  /** Whether the option `skip` let the request in. Its credentials were not checked then. */
  readonly skipped: boolean;
}

const admissions = processWide('admissions', createRequestMap<Admission>);

/** Remembers the admission of a request. `request` must be an object that stands for this one request. */
export function admit(request: object, admission: Admission): void {
  admissions.set(request, admission);
}

/**
 * Gives the admission of a request; `undefined` when no `authenticate` has run on it. If the request of a framework has
 * Node's request as `raw` (Fastify), the admission of Node's request is found, too: middleware there only sees that one.
 */
export function admissionOf(request: object): Admission | undefined {
  return foundBy(request, admittedAs);
}

/** Gives the admission of exactly this object. */
export function admittedAs(request: object): Admission | undefined {
  return admissions.get(request);
}

/** Gives what `find` finds for a request, or else for Node's request, which it may have as `raw`. */
export function foundBy<Found>(
  request: object,
  find: (request: object) => Found | undefined,
): Found | undefined {
  const found = find(request);
  if (found !== undefined) return found;
  const raw = memberOf(request, 'raw');
  return typeof raw === 'object' && raw !== null ? find(raw) : undefined;
}

/**
 * Gives the admission of a request, or of an object in its prototype chain, because some frameworks wrap a request in an
 * object that inherits from it. `undefined` when there is none.
 */
export function admissionBehind(request: object): Admission | undefined {
  let each: object | null = request;
  while (each !== null) {
    const admission = admissions.get(each);
    if (admission !== undefined) return admission;
    each = Object.getPrototypeOf(each);
  }
  return undefined;
}
