import type { Principal } from '../principal.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';

// Registered, so that two copies of an adapter in one process see each other's admissions.
const ADMISSION: unique symbol = Symbol.for('@authly/core:admission');

/** What an adapter remembers of a request between its middleware: who was let in, and by what. */
export interface Admission {
  readonly resourceServer: ResourceServer<unknown>;
  /** `undefined` for an anonymous request, where authentication is optional. */
  readonly principal: Principal | undefined;
  /** Requirements of the guards that the request has passed; each guard adds its own. */
  readonly passed: Requirement[];
  /** Whether refusals go to the application's own error handling. */
  readonly delegated: boolean;
}

interface Admitted {
  [ADMISSION]?: Admission;
}

/** Remembers an admission on the object that stands for one request, and on nothing shared. */
export function admit(request: object, admission: Admission): void {
  (request as Admitted)[ADMISSION] = admission;
}

/** The admission of a request; `undefined` when no `authenticate` has run on it. */
export function admissionOf(request: object): Admission | undefined {
  return (request as Admitted)[ADMISSION];
}
