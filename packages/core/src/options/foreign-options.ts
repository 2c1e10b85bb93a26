import { ConfigurationError } from '../model/errors.ts';

const OPTIONAL = 'authenticate({ … }, { optional: true })';
const ISSUER = "issuer: auth0('acme.eu.auth0.com')";
const CLAIM =
  "app.use(authorize(claim((claims) => claims.org_id === 'org_1', 'organization org_1')))";
const SHARED_SECRET =
  "Shared secrets are not accepted, because whoever can verify with one can also sign. Have the provider sign with RS256 or ES256. Write: issuer: auth0('acme.eu.auth0.com'), or jwksUri in the preset";
const COOKIE = "authenticate({ … }, { credentials: fromCookie('__Host-at', { origins: […] }) })";

/**
 * Options of other libraries for Express and Koa (express-oauth2-jwt-bearer, express-jwt, passport-jwt, koa-jwt), and
 * what is written here in their place.
 */
const FOREIGN: Readonly<Record<string, string>> = {
  issuerBaseURL: `Write: ${ISSUER}`,
  authRequired: `Write: ${OPTIONAL}`,
  credentialsRequired: `Write: ${OPTIONAL}`,
  passthrough: `Write: ${OPTIONAL}`,
  tokenSigningAlg: "Write: algorithms: ['RS256']",
  secret: SHARED_SECRET,
  secretOrKey: SHARED_SECRET,
  secretOrKeyProvider: `Keys come from the issuer. Write: ${ISSUER}`,
  publicKey:
    "Write: jwks: { keys: [{ ...createPublicKey(pem).export({ format: 'jwk' }), kid: '…' }] } in the preset",
  getToken: `The Authorization header is read. For a cookie write: ${COOKIE}`,
  jwtFromRequest: `The Authorization header is read. For a cookie write: ${COOKIE}`,
  requestProperty: 'Write: principalOf(req) in the handler',
  validators: `Write: ${CLAIM}`,
  isRevoked: 'Write: revocation: memoryRevocations()',
  onExpired:
    'An expired token is always refused. To be told of it, write: onEvent: (event) => log.warn(event)',
};

/**
 * Refuses an option of another library, with what to write here: whoever comes from there looks for it. Throws
 * `ConfigurationError`.
 */
export function refuseForeignOptions(taker: string, options: unknown): void {
  if (typeof options !== 'object' || options === null) return;
  const name = Object.keys(options).find((each) => Object.hasOwn(FOREIGN, each));
  if (name === undefined) return;
  throw new ConfigurationError(
    `${taker}() has no option ${JSON.stringify(name)}. ${FOREIGN[name]}`,
  );
}
