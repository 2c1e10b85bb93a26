import type { RequestView } from '../http/request-view.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Principal } from '../model/principal.ts';
import type { Admitted } from '../request/adapter-side.ts';
import { refusePromise } from '../requirement/programming-mistake.ts';
import { adapterSideOf } from './adapter-side-of.ts';
import { type Admission, admit, admittedAs } from './admission.ts';
import type { AdmissionMode, Skip } from './admission-mode.ts';
import { createAdmission, createSkippedAdmission } from './create-admission.ts';
import { noteRefusal } from './refusal-of.ts';

/**
 * Lets a request in, or throws an error that {@link answerRefusal} turns into an answer. `carrier` is the object that
 * stands for this one request in the framework. Guards and `principalOf` find the admission by it.
 *
 * If the same server has let the request in before, with credentials from the same place, the request keeps its
 * admission, and its token is not verified again. A request that was let in as anonymous is authenticated again if
 * authentication is not optional here.
 *
 * The result is a promise only when something must be awaited, such as keys. The promise then rejects instead of
 * throwing. For a cached token there is no promise.
 */
export function admitRequest<Carrier extends object>(
  carrier: Carrier,
  view: RequestView,
  mode: AdmissionMode<Carrier>,
): MaybePromise<Admission> {
  const earlier = admittedAs(carrier);
  if (earlier !== undefined && isEnough(earlier, mode)) return earlier;
  if (mode.skip !== undefined && skips(mode.skip, view)) {
    return earlier ?? letIn(carrier, createSkippedAdmission(mode), mode);
  }
  try {
    const admitted = adapterSideOf(mode.resourceServer).admit(
      view,
      mode.optional,
      mode.credentials,
    );
    return isThenable(admitted)
      ? letInLater(carrier, admitted, mode)
      : letIn(carrier, createAdmission(admitted, mode), mode);
  } catch (error) {
    return refuse(carrier, error);
  }
}

/**
 * Lets a request in with a principal that was not made from a token of the request: in a test, or when the caller signed
 * in in another way. There is then no token that could be exchanged. Nothing is checked.
 */
export function admitPrincipal<Carrier extends object>(
  carrier: Carrier,
  principal: Principal | undefined,
  mode: AdmissionMode<Carrier>,
): Admission {
  return letIn(carrier, createAdmission({ principal, token: undefined }, mode), mode);
}

function isEnough(
  earlier: Admission,
  {
    resourceServer,
    credentials,
    optional,
  }: Pick<AdmissionMode, 'resourceServer' | 'credentials' | 'optional'>,
): boolean {
  if (earlier.resourceServer !== resourceServer) return false;
  // Credentials from another place are different credentials, and their origin may need a check (cookies).
  if (earlier.credentials !== credentials) return false;
  return earlier.principal !== undefined || (optional && !earlier.skipped);
}

function skips(skip: Skip, view: RequestView): boolean {
  const answer: unknown = skip(view);
  refusePromise('skip of authenticate()', answer);
  return answer === true;
}

function refuse(carrier: object, error: unknown): never {
  noteRefusal(carrier, error);
  throw error;
}

// A separate function: a function that contains closures allocates an object for their variables at each call, even when it
// creates no closure.
function letInLater<Carrier extends object>(
  carrier: Carrier,
  admitted: Promise<Admitted>,
  mode: AdmissionMode<Carrier>,
): Promise<Admission> {
  return admitted.then(
    (settled) => letIn(carrier, createAdmission(settled, mode), mode),
    (error) => refuse(carrier, error),
  );
}

function letIn<Carrier extends object>(
  carrier: Carrier,
  admission: Admission,
  { show }: AdmissionMode<Carrier>,
): Admission {
  admit(carrier, admission);
  show?.(carrier, admission.principal);
  return admission;
}
