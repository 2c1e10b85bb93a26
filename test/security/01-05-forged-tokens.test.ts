import { createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateTestKey, type TestKey, tampered, unsigned } from '@authly/testing';
import { afterAll, expect, it } from 'vitest';
import { aToken, encoded, GOOD_CLAIMS, segmentsOf } from '../support/tokens.ts';
import { type Attack, underAttack } from './support/attack.ts';
import { eddsa, es256, forger, keys, ps256, rs256 } from './support/keys.ts';
import {
  ALGORITHM,
  MALFORMED,
  MALFORMED_HEADER,
  REPEATED_HEADER,
  SIGNATURE,
  UNKNOWN_ISSUER,
  UNKNOWN_KEY,
  UNSUPPORTED_HEADER,
} from './support/refusals.ts';
import { goodHeader, signatureOf, withSignature } from './support/token-text.ts';

const good = aToken();
const [header, payload, signature] = segmentsOf(good);

// Row 1: the public key, which everybody has, used as a secret.

function publicKeyOf({ publicJwk }: TestKey): KeyObject {
  return createPublicKey({ key: { ...publicJwk }, format: 'jwk' });
}

function spellingsOf(key: TestKey): readonly (readonly [string, string | Buffer])[] {
  const publicKey = publicKeyOf(key);
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const { kid: _kid, alg: _alg, use: _use, ...material } = key.publicJwk;
  const pkcs1: readonly (readonly [string, string | Buffer])[] =
    material.kty === 'RSA'
      ? [
          ['PKCS #1 PEM', publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
          ['PKCS #1 DER', publicKey.export({ type: 'pkcs1', format: 'der' })],
          ['the modulus', Buffer.from(String(material.n), 'base64url')],
        ]
      : [['the point', Buffer.from(`${material.x}${material.y ?? ''}`)]];
  return [
    ['PEM', pem],
    ['PEM without the last line break', pem.trimEnd()],
    ['PEM with CRLF', pem.replaceAll('\n', '\r\n')],
    ['PEM on one line', pem.replaceAll('\n', '')],
    ['DER', der],
    ['DER in base64', der.toString('base64')],
    ['the JWK as published', JSON.stringify(key.publicJwk)],
    ['the JWK for a thumbprint', JSON.stringify(material)],
    ['the key id', key.kid],
    ['nothing', ''],
    ...pkcs1,
  ];
}

function hmacToken(alg: string, hash: string, secret: string | Buffer, key: TestKey): string {
  const input = `${encoded(JSON.stringify({ ...goodHeader(key), alg }))}.${payload}`;
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
}

const secrets = [rs256, es256, eddsa].flatMap((key) =>
  spellingsOf(key).map(([name, secret]) => ({
    name: `HS256 with ${name} of ${key.kid} as secret`,
    token: hmacToken('HS256', 'sha256', secret, key),
    answer: ALGORITHM,
  })),
);

const [pem = ['', '']] = spellingsOf(rs256);
const confusions: readonly Attack[] = [
  ...secrets,
  { name: 'HS384', token: hmacToken('HS384', 'sha384', pem[1], rs256), answer: ALGORITHM },
  { name: 'HS512', token: hmacToken('HS512', 'sha512', pem[1], rs256), answer: ALGORITHM },
  {
    name: 'an HMAC as long as a signature, under ES256',
    token: hmacToken('ES256', 'sha512', JSON.stringify(es256.publicJwk), es256),
    answer: SIGNATURE,
  },
  {
    name: 'an HMAC as long as a signature, under EdDSA',
    token: hmacToken('EdDSA', 'sha512', JSON.stringify(eddsa.publicJwk), eddsa),
    answer: SIGNATURE,
  },
  ...keys.flatMap((key) =>
    keys
      .filter((other) => other !== key)
      .map((other) => ({
        name: `${key.algorithm} of ${key.kid} under the name of ${other.kid}`,
        token: aToken({}, { key, header: { kid: other.kid } }),
        answer: UNKNOWN_KEY,
      })),
  ),
  ...keys.flatMap((key) =>
    keys
      .filter(({ algorithm }) => algorithm !== key.algorithm)
      .map(({ algorithm }) => ({
        name: `a signature of ${key.algorithm} that claims to be ${algorithm}`,
        token: aToken({}, { key, header: { alg: algorithm } }),
        answer: UNKNOWN_KEY,
      })),
  ),
  {
    name: 'PKCS #1 v1.5 by the key for PSS, said to be PSS',
    token: aToken({}, { key: { ...ps256, algorithm: 'RS256' }, header: { alg: 'PS256' } }),
    answer: SIGNATURE,
  },
  {
    name: 'PSS by the key for PKCS #1 v1.5, said to be PKCS #1 v1.5',
    token: aToken({}, { key: { ...rs256, algorithm: 'PS256' }, header: { alg: 'RS256' } }),
    answer: SIGNATURE,
  },
  ...(['RS384', 'RS512', 'PS384', 'PS512', 'ES384', 'ES512'] as const).map((alg) => ({
    name: `${alg}, which is not configured`,
    token: aToken({}, { header: { alg } }),
    answer: ALGORITHM,
  })),
];

underAttack('row 1: algorithm confusion', confusions, {
  // Weak entries in the set tempt: a symmetric key, an empty one, one without any type.
  options: {
    fetch: async () =>
      Response.json({
        keys: [
          { kty: 'oct', kid: 'oct', alg: 'HS256', k: encoded('secret') },
          { kty: 'oct', kid: 'empty', alg: 'HS256', k: '' },
          { kid: 'bare' },
          ...keys.map(({ publicJwk }) => publicJwk),
        ],
      }),
  },
});

// Row 2: no algorithm at all, or one that only looks like one.

const NO_ALGORITHMS = [
  'none',
  'None',
  'NONE',
  'nOnE',
  ' none',
  'none ',
  'none\0',
  'noneES256',
  'ES256none',
  'HS256',
  'hs256',
  'es256',
  'Es256',
  'ES256 ',
  'ES256\n',
  'ES256,none',
  'ＥＳ256',
  'ES256K',
  'RS1',
  'RSA1_5',
  'dir',
  'null',
  'undefined',
  '',
  '*',
  '__proto__',
  'constructor',
  'hasOwnProperty',
];

underAttack('row 2: no algorithm', [
  ...NO_ALGORITHMS.flatMap((alg): Attack[] => {
    const token = aToken({}, { header: { alg } });
    const name = JSON.stringify(alg);
    return [
      { name: `${name}, rightly signed`, token, answer: ALGORITHM },
      { name: `${name}, without a signature`, token: withSignature(token, ''), answer: ALGORITHM },
    ];
  }),
  ...[undefined, null, 0, 256, true, [], ['ES256'], {}, { toString: 'ES256' }].map((alg) => ({
    name: `alg is ${JSON.stringify(alg)}`,
    token: aToken({}, { header: { alg } }),
    answer: MALFORMED,
  })),
  { name: 'alg none of an honest token', token: unsigned(good), answer: ALGORITHM },
  { name: 'ES256 with an empty signature', token: withSignature(good, ''), answer: SIGNATURE },
  {
    name: 'alg behind __proto__',
    token: aToken({}, { rawHeader: '{"__proto__":{"alg":"ES256"},"typ":"at+jwt","kid":"key-1"}' }),
    answer: MALFORMED,
  },
  {
    name: 'alg twice, the last is none',
    token: aToken({}, { rawHeader: '{"alg":"ES256","typ":"at+jwt","kid":"key-1","alg":"none"}' }),
    answer: MALFORMED,
  },
  {
    name: 'kid twice, both the same',
    token: aToken({}, { rawHeader: '{"alg":"ES256","typ":"at+jwt","kid":"key-1","kid":"key-1"}' }),
    answer: MALFORMED,
  },
]);

// Row 3: keys, and where to find them, by courtesy of the attacker.

const visits: string[] = [];
const evil: Server = createServer((request, response) => {
  visits.push(request.url ?? '');
  response.end(JSON.stringify({ keys: [forger.publicJwk] }));
});
await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
const evilOrigin = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
const chain = [publicKeyOf(forger).export({ type: 'spki', format: 'der' }).toString('base64')];

afterAll(() => {
  evil.close();
});

const suggestions: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['no suggestion', {}],
  ['jwk', { jwk: forger.publicJwk }],
  ['a private jwk', { jwk: forger.privateJwk }],
  ['jku', { jku: `${evilOrigin}/jwks` }],
  ['x5u', { x5u: `${evilOrigin}/cert` }],
  ['x5c', { x5c: chain }],
  ['x5t', { x5t: 'AAAA', 'x5t#S256': 'AAAA' }],
  ['iss and keys', { iss: evilOrigin, keys: [forger.publicJwk] }],
  ['all of them', { jwk: forger.publicJwk, jku: evilOrigin, x5u: evilOrigin, x5c: chain }],
];
const odd = generateTestKey('ES256', 'key-of-nobody');

underAttack('row 3: keys from the token', [
  ...suggestions.flatMap(([name, parameters]): Attack[] => [
    {
      name: `${name}, under the kid of a published key`,
      token: aToken({}, { key: forger, header: parameters }),
      answer: SIGNATURE,
    },
    {
      name: `${name}, under an unknown kid`,
      token: aToken({}, { key: odd, header: parameters }),
      answer: UNKNOWN_KEY,
    },
    {
      name: `${name}, without kid`,
      token: aToken({}, { key: forger, header: { ...parameters, kid: undefined } }),
      answer: SIGNATURE,
    },
  ]),
  ...[
    `${evilOrigin}/jwks`,
    '../../../../dev/null',
    "key-1' OR '1'='1",
    'key-1\0',
    'KEY-ES',
    '',
  ].map((kid) => ({
    name: `kid ${JSON.stringify(kid)}`,
    token: aToken({}, { key: forger, header: { kid } }),
    answer: UNKNOWN_KEY,
  })),
  { name: 'kid 1', token: aToken({}, { header: { kid: 1 } }), answer: MALFORMED },
  ...[
    evilOrigin,
    `${evilOrigin}/.well-known/openid-configuration`,
    'https://as.example.com.evil.example',
    'https://as.example.com@evil.example',
    'https://as.example.com/',
    'https://as.example.com#',
    'https://as.example.com?',
    'https://AS.example.com',
    'https://as.example.com:443',
    'http://as.example.com',
    'as.example.com',
    '',
    '*',
    '__proto__',
  ].flatMap((iss): Attack[] => [
    {
      name: `iss ${iss}, by the issuer's key`,
      token: aToken({ iss }),
      answer: UNKNOWN_ISSUER,
    },
    {
      name: `iss ${iss}, by its own key`,
      token: aToken({ iss }, { key: odd, header: { jku: `${evilOrigin}/jwks` } }),
      answer: UNKNOWN_ISSUER,
    },
  ]),
]);

it('row 3: no request was sent to the attacker’s server', () => {
  expect(visits).toEqual([]);
});

// Row 4: extensions that would change what the signature means.

const extensions: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['crit of a registered name', { crit: ['exp'], exp: 1 }],
  ['crit of an unknown name', { crit: ['x'], x: 1 }],
  ['crit of a name that is not there', { crit: ['x'] }],
  ['an empty crit', { crit: [] }],
  ['crit as text', { crit: 'exp' }],
  ['crit as null', { crit: null }],
  ['crit of b64', { crit: ['b64'], b64: false }],
  ['crit of b64, true', { crit: ['b64'], b64: true }],
  ['crit of itself', { crit: ['crit'] }],
  ['crit with a thousand names', { crit: Array.from({ length: 1000 }, (_, i) => `x${i}`) }],
  ['b64 without crit', { b64: false }],
  ['b64 without crit, true', { b64: true }],
  ['b64 as text', { b64: 'false' }],
  ['zip', { zip: 'DEF' }],
  ['zip as null', { zip: null }],
  ['enc', { enc: 'A128CBC-HS256' }],
];

underAttack('row 4: extensions', [
  ...extensions.map(([name, parameters]) => ({
    name,
    token: aToken({}, { header: parameters }),
    answer: UNSUPPORTED_HEADER,
  })),
  {
    name: 'a payload that is not encoded (RFC 7797)',
    token: `${encoded(JSON.stringify({ ...goodHeader(), b64: false, crit: ['b64'] }))}.${JSON.stringify(GOOD_CLAIMS)}.${signature}`,
    // The commas of the JSON stand for several credentials.
    answer: REPEATED_HEADER,
  },
  {
    name: 'PBES2 with a billion rounds',
    token: aToken({}, { header: { alg: 'PBES2-HS256+A128KW', p2c: 1e9, p2s: 'AAAA' } }),
    answer: ALGORITHM,
  },
  {
    name: 'a JWE for direct encryption',
    token: `${encoded('{"alg":"dir","enc":"A256GCM"}')}..AAAA.${payload}.AAAA`,
    answer: MALFORMED,
  },
  {
    name: 'a token within a token',
    token: aToken({}, { header: { cty: 'JWT' }, rawPayload: good }),
    answer: MALFORMED,
  },
]);

// Row 5: other spellings of a signature, and signatures that are none.

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const raw = signatureOf(good);
const [r, s] = [raw.subarray(0, 32), raw.subarray(32)];
const input = Buffer.from(`${header}.${payload}`);

function scalar(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

const pairs: readonly (readonly [string, Buffer, Buffer])[] = [
  ['r and s of 0', scalar(0n), scalar(0n)],
  ['r of 0', scalar(0n), s],
  ['s of 0', r, scalar(0n)],
  ['r of the order', scalar(ORDER), s],
  ['s of the order', r, scalar(ORDER)],
  ['r of 1, s of 1', scalar(1n), scalar(1n)],
  ['r and s of the largest', Buffer.alloc(32, 0xff), Buffer.alloc(32, 0xff)],
  ['r and s exchanged', s, r],
  ['r twice', r, r],
];

const edToken = aToken({}, { key: eddsa });
const edSignature = signatureOf(edToken);
const edScalar = BigInt(`0x${Buffer.from(edSignature.subarray(32)).reverse().toString('hex')}`);
const unreduced = Buffer.concat([
  edSignature.subarray(0, 32),
  scalar(edScalar + ED25519_ORDER).reverse(),
]);

const rsToken = aToken({}, { key: rs256 });
const rsSignature = signatureOf(rsToken);
const [rsHeader, rsPayload] = segmentsOf(rsToken);
const rsInput = Buffer.from(`${rsHeader}.${rsPayload}`);

/** Every other last character whose spare bits alone differ. */
function strayBits(segment: string): readonly string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const bytes = Buffer.from(segment, 'base64url');
  return [...alphabet]
    .map((last) => segment.slice(0, -1) + last)
    .filter((text) => text !== segment && Buffer.from(text, 'base64url').equals(bytes));
}

underAttack('row 5: signature games', [
  ...pairs.map(([name, first, second]) => ({
    name,
    token: withSignature(good, Buffer.concat([first, second])),
    answer: SIGNATURE,
  })),
  {
    name: 'DER in the place of the raw form',
    token: withSignature(
      good,
      sign('sha256', input, { key: es256.privateKey, dsaEncoding: 'der' }),
    ),
    answer: SIGNATURE,
  },
  ...[0, 1, 32, 63, 65, 66, 128, 4096].map((length) => ({
    name: `a signature of ${length} bytes`,
    token: withSignature(good, Buffer.concat([raw, Buffer.alloc(4096)]).subarray(0, length)),
    answer: SIGNATURE,
  })),
  {
    name: 'a zero byte before r and s',
    token: withSignature(good, Buffer.concat([Buffer.alloc(1), r, Buffer.alloc(1), s])),
    answer: SIGNATURE,
  },
  ...strayBits(signature)
    .slice(0, 4)
    .map((text, index) => ({
      name: `stray bits at the end of the signature, ${index + 1}`,
      token: withSignature(good, text),
      answer: MALFORMED,
    })),
  {
    name: 'one bit changed',
    token: withSignature(good, Buffer.concat([r, scalar(number(s) ^ 1n)])),
    answer: SIGNATURE,
  },
  { name: 'changed claims', token: tampered(good, { sub: 'eve' }), answer: SIGNATURE },
  {
    name: 'a header with a member less',
    token: `${encoded('{"alg":"ES256","typ":"at+jwt"}')}.${payload}.${signature}`,
    answer: SIGNATURE,
  },
  ...['{"sub":', '[]', 'null'].map((text) => ({
    name: `the payload ${text} in the place of what was signed`,
    token: `${header}.${encoded(text)}.${signature}`,
    answer: MALFORMED,
  })),
  { name: 'two segments', token: `${header}.${payload}`, answer: MALFORMED },
  { name: 'five segments', token: `${good}.${header}.${payload}`, answer: MALFORMED },
  { name: 'no dots', token: 'opaque-token', answer: MALFORMED },
  { name: 'dots alone', token: '..', answer: MALFORMED },
  { name: 'padding', token: `${good}==`, answer: MALFORMED },
  { name: 'one sign of padding', token: `${good}=`, answer: MALFORMED },
  {
    name: 'padding inside',
    token: `${header}=.${payload}.${signature}`,
    // RFC 6750 §2.1: b64token has its signs of padding at the end alone.
    answer: MALFORMED_HEADER,
  },
  {
    name: 'the other alphabet',
    token: `${header}.${payload}.+/${signature.slice(2)}`,
    answer: MALFORMED,
  },
  {
    name: 'a percent-encoded dot',
    token: `${header}%2E${payload}.${signature}`,
    answer: MALFORMED_HEADER,
  },
  { name: 'a space inside', token: `${header}. ${payload}.${signature}`, answer: MALFORMED_HEADER },
  { name: 'a tab inside', token: `${header}.\t${payload}.${signature}`, answer: MALFORMED_HEADER },
  {
    name: 'a byte beyond ASCII inside',
    token: `${header}.${payload}\xe9.${signature}`,
    answer: MALFORMED_HEADER,
  },
  { name: 'a dot more at the end', token: `${good}.`, answer: MALFORMED },
  { name: 'a dot more at the front', token: `.${good}`, answer: MALFORMED },
  { name: 'two dots for one', token: `${header}..${payload}.${signature}`, answer: MALFORMED },
  { name: 'the signature twice', token: `${good}.${signature}`, answer: MALFORMED },
  { name: 'no payload', token: `${header}..${signature}`, answer: MALFORMED },
  {
    name: 'header and payload exchanged',
    token: `${payload}.${header}.${signature}`,
    answer: MALFORMED,
  },
  {
    name: 'the scalar of Ed25519 beyond its order',
    token: withSignature(edToken, unreduced),
    answer: SIGNATURE,
  },
  { name: 'Ed25519 of zeros', token: withSignature(edToken, Buffer.alloc(64)), answer: SIGNATURE },
  {
    name: 'RSA with a leading zero byte',
    token: withSignature(rsToken, Buffer.concat([Buffer.alloc(1), rsSignature])),
    answer: SIGNATURE,
  },
  {
    name: 'RSA without its last byte',
    token: withSignature(rsToken, rsSignature.subarray(0, -1)),
    answer: SIGNATURE,
  },
  { name: 'RSA of zeros', token: withSignature(rsToken, Buffer.alloc(256)), answer: SIGNATURE },
  {
    name: 'RSA of one',
    token: withSignature(rsToken, Buffer.concat([Buffer.alloc(255), Buffer.of(1)])),
    answer: SIGNATURE,
  },
  ...(['sha1', 'sha384', 'sha512'] as const).map((hash) => ({
    name: `RSA with ${hash} under RS256`,
    token: withSignature(rsToken, sign(hash, rsInput, rs256.privateKey)),
    answer: SIGNATURE,
  })),
]);
