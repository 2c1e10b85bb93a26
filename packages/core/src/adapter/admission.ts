import type { CredentialSource } from '../http/credential-source.ts';
import { memberOf } from '../lib/member-of.ts';
import { processWide } from '../lib/process-wide.ts';
import { createRequestMap } from '../lib/request-map.ts';
import type { Principal } from '../model/principal.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';

/** What an adapter remembers of a request between its middleware: who was let in, and by what. */
export interface Admission {
  readonly resourceServer: ResourceServer<unknown>;
  /** `undefined` for an anonymous request, where authentication is optional. */
  readonly principal: Principal | undefined;
  /** Requirements of the guards that the request has passed; each guard adds its own. */
  readonly passed: Requirement[];
  /** Whether refusals go to the application's own error handling. */
  readonly delegated: boolean;
  /** Where the token was looked for; `undefined` for the `Authorization` header alone. */
  readonly credentials?: CredentialSource | undefined;
  /** Whether `authenticate` was told to skip the request: nobody has looked at its credentials. */
  readonly skipped: boolean;
}

const admissions = processWide('admissions', createRequestMap<Admission>);

/** Remembers an admission for the object that stands for one request, and for nothing shared. */
export function admit(request: object, admission: Admission): void {
  admissions.set(request, admission);
}

/**
 * The admission of a request; `undefined` when no `authenticate` has run on it. A framework's request
 * that keeps Node's as `raw` (Fastify) also has the admission of Node's, since middleware only sees Node's request.
 */
export function admissionOf(request: object): Admission | undefined {
  return foundBy(request, admittedAs);
}

/** The admission of exactly this object. */
export function admittedAs(request: object): Admission | undefined {
  return admissions.get(request);
}

/** What `find` finds for a request, or for Node's request that it keeps as `raw`. */
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
 * The admission of a request, or of an object in its prototype chain: some frameworks wrap a request in an object
 * that inherits from it. `undefined` when there is none.
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
