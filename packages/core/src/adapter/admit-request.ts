import type { RequestView } from '../http/request-view.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Principal } from '../model/principal.ts';
import type { Admitted } from '../request/adapter-side.ts';
import { adapterSideOf } from './adapter-side-of.ts';
import { type Admission, admissionOf, admit } from './admission.ts';
import type { AdmissionMode } from './admission-mode.ts';
import { createAdmission } from './create-admission.ts';

/**
 * Lets a request in, or throws what {@link answerRefusal} turns into an answer. `carrier` is the object
 * that stands for this one request in the framework: guards and `principalOf` find the admission by it.
 *
 * A request that the same server has let in before, with credentials from the same place, keeps its
 * admission, and its token is not verified again; an anonymous one is authenticated again where authentication is not optional.
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
  if (earlier !== undefined && serves(earlier, mode)) return earlier;
  const side = adapterSideOf(mode.resourceServer);
  const admitted = side.admit(view, mode.optional, mode.credentials);
  if (!isThenable(admitted)) return letIn(carrier, admitted, mode);
  return admitted.then((settled) => letIn(carrier, settled, mode));
}

/**
 * Lets a request in as this caller, whom something else has authenticated: a test, or another way of
 * signing in than by access token. There is no token to exchange then.
 */
export function admitPrincipal<Carrier extends object>(
  carrier: Carrier,
  principal: Principal | undefined,
  mode: AdmissionMode<Carrier>,
): Admission {
  return letIn(carrier, { principal, token: undefined }, mode);
}

function serves(
  earlier: Admission,
  mode: Pick<AdmissionMode, 'resourceServer' | 'credentials' | 'optional'>,
): boolean {
  return (
    earlier.resourceServer === mode.resourceServer &&
    // Another place is other credentials, and perhaps a check of the origin that was not made yet.
    earlier.credentials === mode.credentials &&
    (mode.optional || earlier.principal !== undefined)
  );
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
