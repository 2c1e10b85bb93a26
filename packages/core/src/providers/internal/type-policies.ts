/** RFC 9068 §4: `at+jwt` and nothing else. */
import type { TypePolicy } from '../../model/type-policy.ts';
export const ACCESS_TOKEN_TYPE: TypePolicy = policy(['at+jwt'], false);

/** `JWT` and nothing else. It does not tell access tokens from ID tokens: a claim has to. */
export const PLAIN_TYPE: TypePolicy = policy(['jwt'], false);

/** `JWT`, or no `typ` at all. */
export const PLAIN_OR_NO_TYPE: TypePolicy = policy(['jwt'], true);

/** `JWT`, or `at+jwt` where the provider can be set to RFC 9068. */
export const PLAIN_OR_ACCESS_TOKEN_TYPE: TypePolicy = policy(['at+jwt', 'jwt'], false);

/** `JWT`, `at+jwt` or none, where the provider's documentation leaves it open. */
export const ANY_TYPE: TypePolicy = policy(['at+jwt', 'jwt'], true);

/** A frozen policy: lower case, without `application/`. */
export function policy(accepted: readonly string[], optional: boolean): TypePolicy {
  return Object.freeze({ accepted: Object.freeze([...accepted]), optional });
}
