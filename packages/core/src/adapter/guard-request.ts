import type { Requirement } from '../requirement/requirement.ts';
import { adapterSideOf } from './adapter-side-of.ts';
import { admissionOf } from './admission.ts';
import { noteRefusal } from './refusal-of.ts';

/**
 * Lets an admitted request pass a guard, or throws an `AuthError`. {@link answerRefusal} turns it into an answer, with
 * `admissionOf(carrier)` as its mode. Throws a plain `Error` when the request was not admitted, because a guard ran before
 * `authenticate`: that is a mistake in the program, not a refusal.
 */
export function guardRequest(carrier: object, requirement: Requirement): void {
  const admission = admissionOf(carrier);
  if (admission === undefined) {
    throw new Error(
      `A guard (${requirement.description}) ran before authenticate. Write: app.use(authenticate({ … })) before it`,
    );
  }
  const { resourceServer, principal, passed } = admission;
  const error = resourceServer.evaluate(principal, requirement, passed);
  if (error !== undefined) {
    noteRefusal(carrier, error);
    adapterSideOf(resourceServer).report(error);
    throw error;
  }
  // With `push`, V8 would allocate room for 17 requirements. Most routes have one guard.
  admission.passed = passed.length === 0 ? [requirement] : [...passed, requirement];
}
