// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/issuer:IssuanceError');

const DESCRIPTIONS = {
  audience_invalid: 'A token needs an audience: one or more non-empty strings',
  client_id_invalid:
    'A client id must have 1 to 255 printable ASCII characters and no "|" (which users\' subjects have)',
  identity_invalid: 'An identity needs a non-empty, well-formed provider and externalId',
  scope_invalid:
    'A scope must be printable ASCII without space, quote and backslash (RFC 6749 §3.3)',
  lifetime_invalid: 'The lifetime of a token must be a whole number of seconds from 1 to 86400',
  token_id_invalid: 'newTokenId() must give a non-empty string at once, not a promise',
  authentication_invalid:
    'In an authentication, acr must be a string, amr a list of strings, and time a whole number of seconds since the epoch',
  claim_reserved: 'Only the issuer sets these claims; remove them from `claims` and `attributes`',
  claim_repeated:
    'These claims are given in `claims` and asked for in `include`; do only one of the two',
  claim_invalid:
    'These claims are not JSON: use strings, finite numbers, booleans, null, lists and plain objects',
  claims_rejected: 'The token would not fit the claims schema',
  token_too_large: 'The token would be larger than 16 KiB, which servers refuse',
} as const;

/** Why a token was not minted. */
export type IssuanceErrorCode = keyof typeof DESCRIPTIONS;

/**
 * A token was not minted because of what the calling code asked for: a programming error, found
 * before anything was signed. `code` and `claims` say what to correct. It has names of claims, never their values.
 */
export class IssuanceError extends Error {
  readonly code: IssuanceErrorCode;
  /** Names of the claims at fault; empty where no single claim is. */
  readonly claims: readonly string[];

  constructor(code: IssuanceErrorCode, claims: readonly string[] = []) {
    super(claims.length === 0 ? DESCRIPTIONS[code] : `${DESCRIPTIONS[code]}: ${claims.join(', ')}`);
    this.name = 'IssuanceError';
    this.code = code;
    this.claims = Object.freeze([...claims]);
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is an {@link IssuanceError}, also one of another copy of this package. */
export function isIssuanceError(error: unknown): error is IssuanceError {
  return typeof error === 'object' && error !== null && Object.hasOwn(error, BRAND);
}
