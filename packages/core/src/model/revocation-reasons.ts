/**
 * Why a token that was good before is refused, or does not keep a connection open any more: a part of the table
 * of reasons.
 */
export const REVOCATION_REASONS = {
  token_revoked: {
    code: 'invalid_token',
    step: 'revocation',
    description: 'The access token was revoked',
  },
  lifetime_too_long: {
    code: 'invalid_token',
    step: 'revocation',
    description: 'The access token lives longer than this resource accepts',
  },
  renewal_mismatch: {
    code: 'invalid_token',
    step: 'revocation',
    description: 'The access token is not of the same caller, bound in the same way',
  },
  lease_ended: {
    code: 'invalid_token',
    step: 'revocation',
    description: 'The connection may not go on',
  },
  revocation_unavailable: {
    code: 'temporarily_unavailable',
    step: 'revocation',
    description: 'Whether the access token was revoked cannot be found out at the moment',
  },
} as const;
