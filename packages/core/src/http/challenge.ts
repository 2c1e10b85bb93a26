/** Parameters of one challenge; `undefined` ones are left out. */
export interface ChallengeParameters {
  /** RFC 9110 §11.5. */
  readonly realm?: string | undefined;
  /** RFC 6750 §3. */
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
  readonly scope?: string | undefined;
  /** RFC 9470 §3. */
  readonly acr_values?: string | undefined;
  readonly max_age?: string | undefined;
  /** RFC 9728 §5.1. */
  readonly resource_metadata?: string | undefined;
  /** RFC 9449 §7.1: algorithms of proofs, with one space between two. In DPoP challenges alone. */
  readonly algs?: string | undefined;
}

/**
 * Makes one challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1), every value a quoted-string.
 * All challenges are made here. Whatever the values are, the result is a header value that Node accepts.
 * Where several schemes are accepted, their challenges are one list, joined by `, `.
 */
export function challenge(scheme: string, parameters: ChallengeParameters): string {
  const list = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${quotable(String(value))}"`);
  return list.length === 0 ? scheme : `${scheme} ${list.join(', ')}`;
}

// RFC 6750 §3 allows %x20-21 / %x23-5B / %x5D-7E in its values; the same set is used for all others.
function quotable(value: string): string {
  return value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?');
}
