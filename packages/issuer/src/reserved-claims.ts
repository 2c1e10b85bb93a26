/**
 * Claims that only the issuer sets: whom the token is about, who issued it, for which API, for how long, and
 * what it grants. A custom claim with such a name is refused, because it would forge the issuer's own.
 */
const RESERVED_CLAIMS = [
  // RFC 7519 §4.1
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  // RFC 9068 §2.2, RFC 8693 §4
  'client_id',
  'scope',
  'act',
  'may_act',
  'auth_time',
  'acr',
  'amr',
  // The kind of the subject, read by resource servers to tell users from machines.
  'sub_type',
  // RFC 7800 §3: binds a token to its sender.
  'cnf',
  // Other names for the subject and the client (RFC 9493 §4, OpenID Connect Core §2).
  'sub_id',
  'azp',
  // Marks of other kinds of tokens: ID tokens (OpenID Connect Core §2, §3.1.3.6), events (RFC 8417
  // §2.2).
  'nonce',
  'at_hash',
  'c_hash',
  'events',
  // Not a claim: assigning it would change an object's prototype.
  '__proto__',
] as const;

/** The name of a claim that only the issuer sets. */
export type ReservedClaim = (typeof RESERVED_CLAIMS)[number];

const RESERVED: ReadonlySet<string> = new Set(RESERVED_CLAIMS);

/** Whether only the issuer sets claims of this name. */
export function isReservedClaim(name: string): boolean {
  return RESERVED.has(name);
}
