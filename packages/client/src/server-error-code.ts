/**
 * Error codes of token endpoints that may be told: registered ones, and Entra's `interaction_required`.
 * Any other text of a server is not reported: it could be a secret.
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

/** `error` of a token endpoint's answer (RFC 6749 §5.2), where it is a known one. */
export type ServerErrorCode = (typeof CODES)[number];

/** The known code that `error` is; `undefined` for anything else. */
export function serverErrorCode(error: unknown): ServerErrorCode | undefined {
  return CODES.find((code) => code === error);
}
