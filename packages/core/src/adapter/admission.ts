import type { CredentialSource } from '../http/credential-source.ts';
import { processWide } from '../lib/process-wide.ts';
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
}

// Kept beside the request: a property of its own costs an Express request several times as much.
const admissions = processWide('admissions', () => new WeakMap<object, Admission>());

/** Remembers an admission for the object that stands for one request, and for nothing shared. */
export function admit(request: object, admission: Admission): void {
  admissions.set(request, admission);
}

/** The admission of a request; `undefined` when no `authenticate` has run on it. */
export function admissionOf(request: object): Admission | undefined {
  return admissions.get(request);
}

/**
 * The admission of a request, or of the one that an object was made to inherit from: a framework may
 * wrap requests so. `undefined` when there is none.
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
