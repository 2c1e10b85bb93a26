/** What a refused request is answered, to the byte. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  /** `undefined` for no challenge at all. */
  readonly challenge: string | undefined;
}

/** 401 `invalid_token` with the description. */
function invalidToken(description: string): Refusal {
  return withError(401, 'invalid_token', description);
}

/** 400 `invalid_request` with the description. */
function invalidRequest(description: string): Refusal {
  return withError(400, 'invalid_request', description);
}

/** 401 with a challenge that holds no error (RFC 6750 §3.1). */
function missingCredentials(description: string): Refusal {
  return {
    status: 401,
    error: 'missing_credentials',
    description,
    challenge: 'Bearer realm="api"',
  };
}

/** 403 without a challenge: another token of the caller would not help. */
export function forbidden(description: string): Refusal {
  return { status: 403, error: 'forbidden', description, challenge: undefined };
}

/** 403 that names the scopes. */
export function insufficientScope(scope: string): Refusal {
  const description = 'The access token lacks a scope that this resource needs';
  const { challenge, ...rest } = withError(403, 'insufficient_scope', description);
  return { ...rest, challenge: `${challenge}, scope="${scope}"` };
}

/** 503 without a challenge; `Retry-After` is checked along with it. */
export function unavailable(description: string): Refusal {
  return { status: 503, error: 'temporarily_unavailable', description, challenge: undefined };
}

function withError(status: number, error: string, description: string): Refusal {
  const challenge = `Bearer realm="api", error="${error}", error_description="${description}"`;
  return { status, error, description, challenge };
}

export const ABSENT: Refusal = missingCredentials(
  'This resource needs an access token in the Authorization header',
);
export const OTHER_SCHEME: Refusal = missingCredentials(
  'This resource does not accept the scheme of the Authorization header',
);
export const MALFORMED_HEADER: Refusal = invalidRequest('The Authorization header is malformed');
export const REPEATED_HEADER: Refusal = invalidRequest(
  'The request carries more than one Authorization header or credential',
);
export const FOREIGN_ORIGIN: Refusal = forbidden(
  'Requests from this origin may not use the credentials of the browser',
);
export const TOO_LARGE: Refusal = invalidToken('The access token is too large');
export const MALFORMED: Refusal = invalidToken('The access token is malformed');
export const UNSUPPORTED_HEADER: Refusal = invalidToken(
  'The access token uses a header parameter that is not supported',
);
export const ALGORITHM: Refusal = invalidToken(
  'The access token is signed with an algorithm that is not accepted',
);
export const UNKNOWN_ISSUER: Refusal = invalidToken(
  'The issuer of the access token is not accepted',
);
export const UNKNOWN_KEY: Refusal = invalidToken('The access token is signed with an unknown key');
export const SIGNATURE: Refusal = invalidToken('The signature of the access token is invalid');
export const NOT_ACCESS_TOKEN: Refusal = invalidToken('The token is not an access token');
export const CLAIM_MISSING: Refusal = invalidToken('The access token lacks a required claim');
export const CLAIM_MALFORMED: Refusal = invalidToken('The access token has a malformed claim');
export const AUDIENCE_MISMATCH: Refusal = invalidToken(
  'The access token is meant for another audience',
);
export const EXPIRED: Refusal = invalidToken('The access token has expired');
export const NOT_YET_VALID: Refusal = invalidToken('The access token is not valid yet');
export const AMBIGUOUS: Refusal = invalidToken(
  'The access token does not say whether a user or a client is calling',
);
export const BOUND: Refusal = invalidToken(
  'Sender-constrained access tokens are not accepted here',
);
export const REVOKED: Refusal = invalidToken('The access token was revoked');
export const LIVES_TOO_LONG: Refusal = invalidToken(
  'The access token lives longer than this resource accepts',
);
export const REVOCATION_UNAVAILABLE: Refusal = unavailable(
  'Whether the access token was revoked cannot be found out at the moment',
);
export const USER_REQUIRED: Refusal = forbidden('Only a user may do this');
export const CLIENT_REQUIRED: Refusal = forbidden('Only a client may do this');
export const KEYS_UNAVAILABLE: Refusal = unavailable(
  'The keys of the issuer cannot be fetched at the moment',
);
