/**
 * Error codes of token endpoints that may appear in errors and events: registered ones, and Entra's
 * `interaction_required`. No other text of a server is reported, because it could contain a secret.
 */
const CODES = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'access_denied',
  'server_error',
  'temporarily_unavailable',
  'unsupported_token_type',
  'interaction_required',
  'consent_required',
  'login_required',
  'insufficient_user_authentication',
] as const;

/** `error` in the answer of a token endpoint (RFC 6749 §5.2), if it is a known code. */
export type ServerErrorCode = (typeof CODES)[number];

/** Returns `error` if it is a known code, otherwise `undefined`. */
export function serverErrorCode(error: unknown): ServerErrorCode | undefined {
  return CODES.find((code) => code === error);
}
