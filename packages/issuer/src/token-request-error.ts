// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/issuer:TokenRequestError');

/** The error codes of a token endpoint (RFC 6749 §5.2, RFC 8707 §2), and one for our own faults. */
export type TokenRequestErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable';

const TABLE = {
  content_type_unsupported: {
    code: 'invalid_request',
    description: 'The request body must be application/x-www-form-urlencoded in UTF-8',
  },
  body_too_large: { code: 'invalid_request', description: 'The request body is too large' },
  body_malformed: { code: 'invalid_request', description: 'The request body is malformed' },
  parameter_repeated: {
    code: 'invalid_request',
    description: 'A request parameter is included more than once',
  },
  grant_type_missing: {
    code: 'invalid_request',
    description: 'The request parameter grant_type is missing',
  },
  grant_type_unsupported: {
    code: 'unsupported_grant_type',
    description: 'This server supports the grant type client_credentials only',
  },
  authentication_repeated: {
    code: 'invalid_request',
    description: 'The client uses more than one authentication method',
  },
  client_id_mismatch: {
    code: 'invalid_request',
    description: 'The Authorization header and the body name different clients',
  },
  credentials_missing: {
    code: 'invalid_client',
    description: 'The request carries no client credentials',
  },
  credentials_malformed: {
    code: 'invalid_client',
    description: 'The client credentials are malformed; each part is form-encoded before base64',
  },
  method_unsupported: {
    code: 'invalid_client',
    description: 'This client authentication method is not supported',
  },
  // These three have the same text, so that a client cannot find out which ids exist.
  client_unknown: { code: 'invalid_client', description: 'Client authentication failed' },
  secret_wrong: { code: 'invalid_client', description: 'Client authentication failed' },
  method_not_registered: { code: 'invalid_client', description: 'Client authentication failed' },
  scope_malformed: { code: 'invalid_scope', description: 'The requested scope is malformed' },
  scope_not_allowed: {
    code: 'invalid_scope',
    description: 'The requested scope exceeds what the client may have',
  },
  resource_malformed: {
    code: 'invalid_target',
    description: 'A resource must be an absolute URI without a fragment',
  },
  resource_not_allowed: {
    code: 'invalid_target',
    description: 'The client may not get a token for a requested resource',
  },
  resource_missing: {
    code: 'invalid_target',
    description:
      'The client may use several resources and must name one with the parameter resource',
  },
  clients_unavailable: {
    code: 'temporarily_unavailable',
    description: 'Clients cannot be looked up at the moment',
  },
  too_busy: {
    code: 'temporarily_unavailable',
    description: 'Too many clients are being authenticated at the moment',
  },
} as const;

/** Why exactly a token request was refused: for operators, never shown to the client. */
export type TokenRequestReason = keyof typeof TABLE;

const REASONS: Readonly<
  Record<TokenRequestReason, { readonly code: TokenRequestErrorCode; readonly description: string }>
> = TABLE;

/**
 * A token request was refused. `code` is what OAuth calls it, `message` the public description from
 * a fixed table: it holds nothing of the request. `reason` says more, and is not for clients.
 */
export class TokenRequestError extends Error {
  readonly code: TokenRequestErrorCode;
  readonly reason: TokenRequestReason;

  constructor(reason: TokenRequestReason, options: { readonly cause?: unknown } = {}) {
    super(REASONS[reason].description, options);
    this.name = 'TokenRequestError';
    this.code = REASONS[reason].code;
    this.reason = reason;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a {@link TokenRequestError}, also one of another copy of this package. */
export function isTokenRequestError(error: unknown): error is TokenRequestError {
  return typeof error === 'object' && error !== null && Object.hasOwn(error, BRAND);
}
