import { credentialsOf } from '../http/credentials.ts';
import type { RequestView } from '../http/request-view.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Principal } from '../model/principal.ts';
import { type Admission, admissionOf, admit } from './admission.ts';
import type { AdmissionMode } from './admission-mode.ts';
import { type Admitted, createAdmission } from './create-admission.ts';

/**
 * Lets a request in, or throws what {@link answerRefusal} turns into an answer. `carrier` is the object
 * that stands for this one request in the framework: guards and `principalOf` find the admission by it.
 *
 * A request that the same server has let in before keeps its admission, and its token is not verified
 * again; an anonymous one is authenticated again where authentication is not optional.
 *
 * The result is a promise only when something must be awaited (keys, or under load the signature's
 * turn); then it rejects instead of throwing. A cached token costs no promise.
 */
export function admitRequest<Carrier extends object>(
  carrier: Carrier,
  view: RequestView,
  mode: AdmissionMode<Carrier>,
): MaybePromise<Admission> {
  const earlier = admissionOf(carrier);
  if (earlier?.resourceServer === mode.resourceServer && (mode.optional || earlier.principal)) {
    return earlier;
  }
  const admitted = authenticated(view, mode);
  if (!isThenable(admitted)) return letIn(carrier, admitted, mode);
  return Promise.resolve(admitted).then((settled) => letIn(carrier, settled, mode));
}

function letIn<Carrier extends object>(
  carrier: Carrier,
  admitted: Admitted,
  mode: AdmissionMode<Carrier>,
): Admission {
  const admission = createAdmission(admitted, mode);
  admit(carrier, admission);
  mode.show?.(carrier, admission.principal);
  return admission;
}

/** The one place where a resource server is asked who sends a request. */
function authenticated(
  view: RequestView,
  { resourceServer, optional }: AdmissionMode<never>,
): MaybePromise<Admitted> {
  // Read before anything is awaited: a request may change while it waits.
  const credentials = credentialsOf(view);
  const token = credentials.kind === 'bearer' ? credentials.token : undefined;
  const principal = optional
    ? resourceServer.authenticateOptional(view)
    : resourceServer.authenticate(view);
  if (!isThenable(principal)) return admittedAs(principal, token);
  // Promise.resolve, since a server of the application's own may give a promise of any kind.
  return Promise.resolve(principal).then((settled) => admittedAs(settled, token));
}

// The claims are those of the server's schema, which is what `Register` declares.
function admittedAs(
  principal: Principal<unknown> | undefined,
  token: string | undefined,
): Admitted {
  return { principal: principal as Principal | undefined, token };
}
