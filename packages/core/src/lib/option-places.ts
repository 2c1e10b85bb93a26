const SERVER =
  'createResourceServer({ issuer, audience, … }), the first argument of authenticate()';
const AUTHENTICATE = 'the second argument of authenticate(): authenticate({ … }, { … })';
const PRESET = "the preset: issuer: rfc9068({ issuer: 'https://as.example.com', jwksUri: '…' })";
const KEYS = 'the option keys, next to issuer: keys: { … }';
const CACHE = 'the option cache, next to issuer: cache: { … }';

/**
 * Where each of these options belongs, for the error message when it is written in another place. The list has only
 * options that belong to exactly one place. A test checks each entry.
 */
export const OPTION_PLACES: Readonly<Record<string, string>> = {
  optional: AUTHENTICATE,
  onRefusal: AUTHENTICATE,
  credentials: AUTHENTICATE,
  jwks: PRESET,
  jwksUri: PRESET,
  audience: SERVER,
  issuers: SERVER,
  algorithms: SERVER,
  clockToleranceSec: SERVER,
  claims: SERVER,
  scopeImplies: SERVER,
  realm: SERVER,
  signatureThread: SERVER,
  keySnapshots: SERVER,
  allowHttp: SERVER,
  issuerCache: SERVER,
  onEvent: SERVER,
  freshForSec: KEYS,
  staleForSec: KEYS,
  fetchTimeoutMs: KEYS,
  maxKeys: KEYS,
  unknownKidCooldownSec: KEYS,
  maxEntries: CACHE,
};
