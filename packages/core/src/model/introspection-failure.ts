/** Why the authorization server could not be asked about a token, or why its answer cannot be used. */
export type IntrospectionFailure =
  /** The connection failed, or `fetch` did. */
  | 'network'
  | 'timeout'
  /** A status that says nothing about the token: 5xx, 429 and others. */
  | 'status'
  /** 401 or 403: our own credentials are refused. */
  | 'unauthorized'
  /** Never followed: the token would be sent to another address. */
  | 'redirect'
  | 'too_large'
  | 'not_json'
  /** JSON, or a signed answer, that is no answer of RFC 7662 or RFC 9701. */
  | 'malformed'
  /** `signed: true`, and the answer is plain JSON. */
  | 'not_signed'
  /** `jwts` is set, and the server does not introspect JWTs. */
  | 'jwts_unsupported'
  /** The metadata could not be read, or names no endpoint. */
  | 'discovery'
  /** Our own credentials could not be made: a secret or a key could not be had. */
  | 'credentials'
  /** `ask` failed. */
  | 'ask';
