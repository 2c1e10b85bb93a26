import { createHmac, createPublicKey } from 'node:crypto';
import { rfc9068 } from '@authly/core/providers';
import { generateTestKey, tampered, unsigned } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aToken, ISSUER, issuer, NOW, type TokenChanges } from '../support/tokens.ts';

const strangersKey = generateTestKey('ES256', 'key-1');
const unpublishedKey = generateTestKey('ES256', 'key-2');

const EXPIRED = 'The access token has expired';
const TOO_EARLY = 'The access token is not valid yet';
const AUDIENCE_MISMATCH = 'The access token is meant for another audience';
const UNKNOWN_ISSUER = 'The issuer of the access token is not accepted';
const UNKNOWN_KEY = 'The access token is signed with an unknown key';
const BAD_SIGNATURE = 'The signature of the access token is invalid';
const BAD_ALGORITHM = 'The access token is signed with an algorithm that is not accepted';
const BAD_HEADER = 'The access token uses a header parameter that is not supported';
const NOT_ACCESS_TOKEN = 'The token is not an access token';
const CLAIM_MISSING = 'The access token lacks a required claim';
const CLAIM_MALFORMED = 'The access token has a malformed claim';
const MALFORMED = 'The access token is malformed';
const BOUND = 'Sender-constrained access tokens are not accepted here';
const AMBIGUOUS = 'The access token does not say whether a user or a client is calling';

/** One change to a good token, and the description that its refusal carries. */
const changes: readonly (readonly [string, string, TokenChanges])[] = [
  ['expired', EXPIRED, { claims: { exp: NOW - 60 } }],
  ['expired by exactly the tolerance', EXPIRED, { claims: { exp: NOW - 5 } }],
  ['exp of 0', EXPIRED, { claims: { exp: 0 } }],
  ['nbf in the future', TOO_EARLY, { claims: { nbf: NOW + 60 } }],
  ['nbf just beyond the tolerance', TOO_EARLY, { claims: { nbf: NOW + 6 } }],

  ['another audience', AUDIENCE_MISMATCH, { claims: { aud: 'https://other.example.com' } }],
  ['other audiences', AUDIENCE_MISMATCH, { claims: { aud: ['https://a.example', 'urn:b'] } }],
  ['no audience in the list', AUDIENCE_MISMATCH, { claims: { aud: [] } }],
  [
    'audience with a slash more',
    AUDIENCE_MISMATCH,
    { claims: { aud: 'https://api.example.com/' } },
  ],
  ['audience in capitals', AUDIENCE_MISMATCH, { claims: { aud: 'https://API.example.com' } }],
  [
    'audience that ours begins',
    AUDIENCE_MISMATCH,
    { claims: { aud: 'https://api.example.com.evil' } },
  ],

  ['another issuer', UNKNOWN_ISSUER, { claims: { iss: 'https://evil.example.com' } }],
  ['issuer with a slash more', UNKNOWN_ISSUER, { claims: { iss: 'https://as.example.com/' } }],
  ['issuer in capitals', UNKNOWN_ISSUER, { claims: { iss: 'https://AS.example.com' } }],
  ['issuer in a list', UNKNOWN_ISSUER, { claims: { iss: ['https://as.example.com'] } }],
  ['no issuer', UNKNOWN_ISSUER, { claims: { iss: undefined } }],

  ['unknown kid', UNKNOWN_KEY, { key: unpublishedKey }],
  ['an unpublished key under a published kid', BAD_SIGNATURE, { key: strangersKey }],
  ['kid that is no string', MALFORMED, { header: { kid: 1 } }],
  [
    'its own key in the header',
    UNKNOWN_KEY,
    { key: unpublishedKey, header: { jwk: unpublishedKey.publicJwk } },
  ],
  [
    'a URL for its key in the header',
    UNKNOWN_KEY,
    { key: unpublishedKey, header: { jku: 'https://evil.example.com/jwks' } },
  ],

  ['typ of an ID token', NOT_ACCESS_TOKEN, { header: { typ: 'JWT' } }],
  ['typ of a logout token', NOT_ACCESS_TOKEN, { header: { typ: 'logout+jwt' } }],
  ['typ of a DPoP proof', NOT_ACCESS_TOKEN, { header: { typ: 'dpop+jwt' } }],
  ['no typ', NOT_ACCESS_TOKEN, { header: { typ: undefined } }],
  ['typ that is no string', MALFORMED, { header: { typ: ['at+jwt'] } }],
  ['b64 without crit', BAD_HEADER, { header: { b64: true } }],
  ['zip', BAD_HEADER, { header: { zip: 'DEF' } }],

  [
    'cnf of a DPoP key',
    BOUND,
    { claims: { cnf: { jkt: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' } } },
  ],
  [
    'cnf of a certificate',
    BOUND,
    { claims: { cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } } },
  ],
  ['empty cnf', BOUND, { claims: { cnf: {} } }],
  ['cnf of null', BOUND, { claims: { cnf: null } }],

  ...['exp', 'aud', 'sub', 'client_id', 'iat', 'jti'].map(
    (name) => [`no ${name}`, CLAIM_MISSING, { claims: { [name]: undefined } }] as const,
  ),
  ['empty sub', CLAIM_MISSING, { claims: { sub: '' } }],
  ['empty client_id', CLAIM_MISSING, { claims: { client_id: '' } }],

  ['exp as text', CLAIM_MALFORMED, { claims: { exp: String(NOW + 600) } }],
  ['exp of null', CLAIM_MALFORMED, { claims: { exp: null } }],
  ['nbf as text', CLAIM_MALFORMED, { claims: { nbf: String(NOW) } }],
  ['iat as text', CLAIM_MALFORMED, { claims: { iat: String(NOW) } }],
  ['sub as a number', CLAIM_MALFORMED, { claims: { sub: 17 } }],
  ['sub as an object', CLAIM_MALFORMED, { claims: { sub: { id: 'ada' } } }],
  ['client_id as a list', CLAIM_MALFORMED, { claims: { client_id: ['web-app'] } }],
  ['jti as a number', CLAIM_MALFORMED, { claims: { jti: 1 } }],
  ['aud as an object', CLAIM_MALFORMED, { claims: { aud: { 0: 'https://api.example.com' } } }],
  ['aud with a number in it', CLAIM_MALFORMED, { claims: { aud: ['https://api.example.com', 1] } }],
  ['scope as a list', CLAIM_MALFORMED, { claims: { scope: ['read:users'] } }],
  ['scope as a number', CLAIM_MALFORMED, { claims: { scope: 1 } }],

  [
    'a client id as subject, with claims of a login',
    AMBIGUOUS,
    { claims: { sub: 'web-app', acr: 'pwd' } },
  ],
  [
    'a user as subject, with the mark of a machine',
    AMBIGUOUS,
    { claims: { gty: 'client-credentials' } },
  ],
];

const good = aToken({});
const [header = '', payload = '', signature = ''] = good.split('.');
const [publicJwk] = issuer.jwks.keys;
const publicKeyPem = createPublicKey({ key: { ...publicJwk }, format: 'jwk' })
  .export({ type: 'spki', format: 'pem' })
  .toString();

/** Tokens that are not made by changing one claim. */
const oddities: readonly (readonly [string, string, string])[] = [
  ['alg none', BAD_ALGORITHM, unsigned(good)],
  ['alg None', BAD_ALGORITHM, aToken({ header: { alg: 'None' } })],
  ['no alg', MALFORMED, aToken({ header: { alg: undefined } })],
  ['alg in small letters', BAD_ALGORITHM, aToken({ header: { alg: 'es256' } })],
  ['HS256 with the public key as PEM', BAD_ALGORITHM, hmacToken(publicKeyPem)],
  ['HS256 with the public key as JSON', BAD_ALGORITHM, hmacToken(JSON.stringify(publicJwk))],
  ['HS256 with an empty key', BAD_ALGORITHM, hmacToken('')],
  ['an algorithm that is not configured', BAD_ALGORITHM, aToken({ header: { alg: 'ES384' } })],
  ['an algorithm that does not fit the key', UNKNOWN_KEY, aToken({ header: { alg: 'RS256' } })],
  ['crit', BAD_HEADER, aToken({ header: { crit: ['exp'], exp: NOW } })],
  ['changed claims', BAD_SIGNATURE, tampered(good, { sub: 'eve' })],
  [
    'changed header',
    BAD_SIGNATURE,
    `${encoded('{"alg":"ES256","typ":"at+jwt"}')}.${payload}.${signature}`,
  ],
  ['changed signature', BAD_SIGNATURE, `${header}.${payload}.${flipped(signature)}`],
  ['no signature', BAD_SIGNATURE, `${header}.${payload}.`],
  ['half a signature', BAD_SIGNATURE, `${header}.${payload}.${signature.slice(0, 40)}`],
  ['two segments', MALFORMED, `${header}.${payload}`],
  ['four segments', MALFORMED, `${good}.${signature}`],
  ['five segments, as JWE', MALFORMED, `${good}.${header}.${payload}`],
  ['no dots', MALFORMED, 'opaque-token'],
  ['dots alone', MALFORMED, '..'],
  ['padding', MALFORMED, `${good}==`],
  ['the alphabet of base64', MALFORMED, `${header}.${payload}.${signature.slice(0, -4)}+/+/`],
  ['a payload that is no JSON', MALFORMED, `${header}.${encoded('{"sub":')}.${signature}`],
  ['a payload that is an array', MALFORMED, `${header}.${encoded('[]')}.${signature}`],
  ['a payload that is null', MALFORMED, `${header}.${encoded('null')}.${signature}`],
];

describe.each(frameworks)('faults of a token in $name', (framework) => {
  const app = protectedApp(framework);

  it.each(changes)('%s: 401 invalid_token, "%s"', async (_, description, change) => {
    const response = await send(app, { token: aToken(change) });
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe(
      `Bearer realm="api", error="invalid_token", error_description="${description}"`,
    );
    expect(response.body).toEqual({ error: 'invalid_token', error_description: description });
  });

  it.each(oddities)('%s: 401 invalid_token, "%s"', async (_, description, token) => {
    const response = await send(app, { token });
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe(
      `Bearer realm="api", error="invalid_token", error_description="${description}"`,
    );
    expect(response.body).toEqual({ error: 'invalid_token', error_description: description });
  });

  it.each<readonly [string, TokenChanges]>([
    ['exp within the tolerance', { claims: { exp: NOW - 4 } }],
    ['nbf within the tolerance', { claims: { nbf: NOW + 5 } }],
    ['a fraction of a second', { claims: { exp: NOW + 0.5, nbf: NOW - 0.5 } }],
    ['iat in the future, which nobody compares', { claims: { iat: NOW + 3600 } }],
    ['one audience of several', { claims: { aud: ['urn:other', 'https://api.example.com'] } }],
    ['typ in capitals', { header: { typ: 'AT+JWT' } }],
    ['typ with application/', { header: { typ: 'application/at+jwt' } }],
    ['no kid, where one key fits', { header: { kid: undefined } }],
    ['no scope', { claims: { scope: undefined } }],
  ])('%s is no fault', async (_, change) => {
    const response = await send(app, { token: aToken(change) });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ kind: 'user', userId: 'ada' });
  });

  it('without kid a key is chosen only where no other fits the algorithm', async () => {
    const keys = [generateTestKey('ES256', 'a'), generateTestKey('ES256', 'b')] as const;
    const [first] = keys;
    const preset = rfc9068({ issuer: ISSUER, jwks: { keys: keys.map((key) => key.publicJwk) } });
    const two = protectedApp(framework, { server: aResourceServer({ issuer: preset }) });
    expect((await send(two, { token: aToken({ key: first }) })).status).toBe(200);
    const response = await send(two, { token: aToken({ key: first, header: { kid: undefined } }) });
    expect(response.status).toBe(401);
    expect(response.body.error_description).toBe(UNKNOWN_KEY);
  });

  it('an Ed25519 signature is accepted under either of its names (RFC 9864), and no other', async () => {
    const key = generateTestKey('EdDSA', 'ed');
    const preset = rfc9068({ issuer: ISSUER, jwks: { keys: [key.publicJwk] } });
    const ed = protectedApp(framework, { server: aResourceServer({ issuer: preset }) });
    const statuses = [];
    for (const alg of ['EdDSA', 'Ed25519', 'Ed448', 'ed25519', 'ES256']) {
      statuses.push((await send(ed, { token: aToken({ key, header: { alg } }) })).status);
    }
    expect(statuses).toEqual([200, 200, 401, 401, 401]);
  });

  it('the tolerance is configurable', async () => {
    const strict = protectedApp(framework, { server: aResourceServer({ clockToleranceSec: 0 }) });
    const token = aToken({ claims: { exp: NOW } });
    expect((await send(strict, { token })).status).toBe(401);
    const lenient = protectedApp(framework, { server: aResourceServer({ clockToleranceSec: 60 }) });
    const late = aToken({ claims: { exp: NOW - 59 } });
    expect((await send(lenient, { token: late })).status).toBe(200);
  });
});

function hmacToken(secret: string): string {
  const input = `${encoded('{"alg":"HS256","typ":"at+jwt","kid":"key-1"}')}.${payload}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** Changes one bit in the middle of the bytes. */
function flipped(segment: string): string {
  const bytes = Buffer.from(segment, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(10) ^ 1, 10);
  return bytes.toString('base64url');
}
