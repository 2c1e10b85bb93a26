import { REVOCATION_REASONS } from './revocation-reasons.ts';
import { SENDER_CONSTRAINT_REASONS } from './sender-constraint-reasons.ts';

/** What OAuth calls a refusal; `refusalFor` gives each its status and challenge. */
export type AuthErrorCode =
  | 'missing_credentials'
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'forbidden'
  | 'temporarily_unavailable';

/** The HTTP status of a refusal. */
export type RefusalStatus = 400 | 401 | 403 | 503;

/** How a code is answered over HTTP. */
export interface CodeAnswer {
  readonly status: RefusalStatus;
  /** `bare`: a challenge without `error` (RFC 6750 §3.1). */
  readonly challenge: 'none' | 'bare' | 'error';
}

/** The only table that gives a code its status. */
export const CODES: Readonly<Record<AuthErrorCode, CodeAnswer>> = {
  missing_credentials: { status: 401, challenge: 'bare' },
  invalid_request: { status: 400, challenge: 'error' },
  invalid_token: { status: 401, challenge: 'error' },
  insufficient_scope: { status: 403, challenge: 'error' },
  insufficient_user_authentication: { status: 401, challenge: 'error' },
  invalid_dpop_proof: { status: 401, challenge: 'error' },
  use_dpop_nonce: { status: 401, challenge: 'error' },
  // No challenge: another token of the same caller would not help.
  forbidden: { status: 403, challenge: 'none' },
  temporarily_unavailable: { status: 503, challenge: 'none' },
};

/**
 * The steps that a request goes through, in order; each reason belongs to one step. An opaque token has no key
 * and no signature, and most JWTs need no introspection.
 */
export const STEPS = [
  'credentials',
  'token',
  'issuer',
  'key',
  'signature',
  'introspection',
  'claims',
  'principal',
  'sender_constraint',
  'revocation',
  'requirement',
] as const;

/** One step that a request goes through. */
export type Step = (typeof STEPS)[number];

/** What a reason means. */
export interface Reason {
  readonly code: AuthErrorCode;
  readonly step: Step;
  /** Public, fixed, and safe in a quoted-string: printable ASCII without `"` and `\`. */
  readonly description: string;
}

/**
 * Every way in which a request is refused. A reason is never renamed or used for something else;
 * `docs/errors.md` lists the same, and a test holds the two together.
 */
const TABLE = {
  credentials_missing: {
    code: 'missing_credentials',
    step: 'credentials',
    description: 'This resource needs an access token in the Authorization header',
  },
  scheme_unsupported: {
    code: 'missing_credentials',
    step: 'credentials',
    description: 'This resource does not accept the scheme of the Authorization header',
  },
  authorization_malformed: {
    code: 'invalid_request',
    step: 'credentials',
    description: 'The Authorization header is malformed',
  },
  authorization_repeated: {
    code: 'invalid_request',
    step: 'credentials',
    description: 'The request carries more than one Authorization header or credential',
  },
  origin_not_allowed: {
    code: 'forbidden',
    step: 'credentials',
    description: 'Requests from this origin may not use the credentials of the browser',
  },
  token_too_large: {
    code: 'invalid_token',
    step: 'token',
    description: 'The access token is too large',
  },
  token_malformed: {
    code: 'invalid_token',
    step: 'token',
    description: 'The access token is malformed',
  },
  header_unsupported: {
    code: 'invalid_token',
    step: 'token',
    description: 'The access token uses a header parameter that is not supported',
  },
  issuer_unknown: {
    code: 'invalid_token',
    step: 'issuer',
    description: 'The issuer of the access token is not accepted',
  },
  issuer_unavailable: {
    code: 'temporarily_unavailable',
    step: 'issuer',
    description: 'The issuer of the access token cannot be looked up at the moment',
  },
  token_inactive: {
    code: 'invalid_token',
    step: 'introspection',
    description: 'The access token is not active',
  },
  introspection_unavailable: {
    code: 'temporarily_unavailable',
    step: 'introspection',
    description: 'The access token cannot be checked with its issuer at the moment',
  },
  introspection_overloaded: {
    code: 'temporarily_unavailable',
    step: 'introspection',
    description: 'Too many access tokens are being checked with their issuer at the moment',
  },
  algorithm_not_allowed: {
    code: 'invalid_token',
    step: 'key',
    description: 'The access token is signed with an algorithm that is not accepted',
  },
  key_unknown: {
    code: 'invalid_token',
    step: 'key',
    description: 'The access token is signed with an unknown key',
  },
  keys_unavailable: {
    code: 'temporarily_unavailable',
    step: 'key',
    description: 'The keys of the issuer cannot be fetched at the moment',
  },
  signature_invalid: {
    code: 'invalid_token',
    step: 'signature',
    description: 'The signature of the access token is invalid',
  },
  type_not_accepted: {
    code: 'invalid_token',
    step: 'claims',
    description: 'The token is not an access token',
  },
  caller_not_listed: {
    code: 'invalid_token',
    step: 'claims',
    description: 'The access token is of a caller that is not listed here',
  },
  claim_missing: {
    code: 'invalid_token',
    step: 'claims',
    description: 'The access token lacks a required claim',
  },
  claim_malformed: {
    code: 'invalid_token',
    step: 'claims',
    description: 'The access token has a malformed claim',
  },
  audience_mismatch: {
    code: 'invalid_token',
    step: 'claims',
    description: 'The access token is meant for another audience',
  },
  expired: { code: 'invalid_token', step: 'claims', description: 'The access token has expired' },
  not_yet_valid: {
    code: 'invalid_token',
    step: 'claims',
    description: 'The access token is not valid yet',
  },
  principal_ambiguous: {
    code: 'invalid_token',
    step: 'principal',
    description: 'The access token does not say whether a user or a client is calling',
  },
  claims_rejected: {
    code: 'invalid_token',
    step: 'principal',
    description: 'The claims of the access token are not as this resource needs them',
  },
  classification_failed: {
    code: 'temporarily_unavailable',
    step: 'principal',
    description: 'The caller cannot be determined at the moment',
  },
  claims_check_failed: {
    code: 'temporarily_unavailable',
    step: 'principal',
    description: 'The claims of the access token cannot be checked at the moment',
  },
  scope_missing: {
    code: 'insufficient_scope',
    step: 'requirement',
    description: 'The access token lacks a scope that this resource needs',
  },
  acr_insufficient: {
    code: 'insufficient_user_authentication',
    step: 'requirement',
    description: 'A different authentication context is required',
  },
  authentication_too_old: {
    code: 'insufficient_user_authentication',
    step: 'requirement',
    description: 'A more recent authentication is required',
  },
  user_required: { code: 'forbidden', step: 'requirement', description: 'Only a user may do this' },
  client_required: {
    code: 'forbidden',
    step: 'requirement',
    description: 'Only a client may do this',
  },
  client_not_listed: {
    code: 'forbidden',
    step: 'requirement',
    description: 'This client may not do this',
  },
  actor_required: {
    code: 'forbidden',
    step: 'requirement',
    description: 'Only a permitted actor may do this',
  },
  actor_not_allowed: {
    code: 'forbidden',
    step: 'requirement',
    description: 'This may not be done on behalf of a user',
  },
  permission_missing: {
    code: 'forbidden',
    step: 'requirement',
    description: 'The caller lacks a permission',
  },
  role_missing: { code: 'forbidden', step: 'requirement', description: 'The caller lacks a role' },
  group_missing: {
    code: 'forbidden',
    step: 'requirement',
    description: 'The caller is not in a required group',
  },
  tenant_mismatch: {
    code: 'forbidden',
    step: 'requirement',
    description: 'The caller belongs to another tenant',
  },
  claim_unmet: {
    code: 'forbidden',
    step: 'requirement',
    description: 'The caller does not meet a requirement',
  },
  authorization_detail_missing: {
    code: 'forbidden',
    step: 'requirement',
    description: 'The access token lacks an authorization detail that this resource needs',
  },
  requirement_failed: {
    code: 'temporarily_unavailable',
    step: 'requirement',
    description: 'The requirement cannot be checked at the moment',
  },
} as const;

/** Why exactly a request was refused. */
export type AuthErrorReason =
  | keyof typeof TABLE
  | keyof typeof SENDER_CONSTRAINT_REASONS
  | keyof typeof REVOCATION_REASONS;

/** What each reason means. */
export const REASONS: Readonly<Record<AuthErrorReason, Reason>> = {
  ...TABLE,
  ...SENDER_CONSTRAINT_REASONS,
  ...REVOCATION_REASONS,
};
