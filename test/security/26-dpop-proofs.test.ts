import {
  aProof,
  generateTestKey,
  type ProofOptions,
  type TestKey,
  thumbprintOf,
} from '@authly/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aBoundProof, aBoundToken, clientKey } from '../support/bound.ts';
import { frameworks } from '../support/frameworks.ts';
import { AUDIENCE, aClock, aUserToken, NOW } from '../support/tokens.ts';
import {
  type DpopCase,
  type DpopTarget,
  openDpopTarget,
  requestOf,
} from './support/dpop-attack.ts';

const P = 'invalid_dpop_proof';
const T = 'invalid_token';

/** The code of each reason that is expected here. */
const CODES: Readonly<Record<string, string>> = {
  binding_mismatch: T,
  binding_missing: T,
  claim_malformed: T,
  expired: T,
  key_unknown: T,
  sender_constraint_unsupported: T,
  type_not_accepted: T,
  authorization_malformed: 'invalid_request',
  authorization_repeated: 'invalid_request',
};

const stranger = generateTestKey('ES256', 'stranger');
const { x: X, y: Y } = clientKey.publicJwk;
const jwk = { kty: 'EC', crv: 'P-256', x: X, y: Y };
const rsa = generateTestKey('RS256');
const ed = generateTestKey('EdDSA');

const htu = (url: string, target = '/orders'): Partial<DpopCase> => ({ target, proof: { url } });
const path = (target: string, claimed: string): Partial<DpopCase> =>
  htu(AUDIENCE + claimed, target);
const claims = (given: ProofOptions['claims']): Partial<DpopCase> => ({
  proof: { claims: given ?? {} },
});
const header = (given: Readonly<Record<string, unknown>>): Partial<DpopCase> => ({
  proof: { header: given },
});
const withJwk = (given: unknown): Partial<DpopCase> => header({ jwk: given });
const boundTo = (key: TestKey): Partial<DpopCase> => ({
  token: aBoundToken({}, { boundTo: key }),
  proof: { key },
});

const spaced = aBoundToken({ jti: 'spaces' });

/** Cases of a table: a name, the reason or `accepted`, and how the request differs from a good one. */
const CASES: readonly (readonly [string, string, Partial<DpopCase>])[] = [
  // What the proof is for.
  [
    '1 Host that would finish the URL',
    'proof_url_mismatch',
    {
      target: '/admin',
      headers: [['Host', 'api.example.com/orders?']],
      ...{ proof: { url: `${AUDIENCE}/orders` } },
    },
  ],
  [
    '2 forwarded headers of the client',
    'proof_url_mismatch',
    {
      ...htu('https://evil.example/orders'),
      headers: [
        ['X-Forwarded-Host', 'evil.example'],
        ['X-Forwarded-Proto', 'https'],
        ['Forwarded', 'host=evil.example;proto=https'],
      ],
    },
  ],
  [
    '2 forwarded headers change nothing for a good one',
    'accepted',
    {
      headers: [
        ['X-Forwarded-Host', 'evil.example'],
        ['X-Forwarded-Proto', 'http'],
      ],
    },
  ],
  [
    '3 a target with another authority',
    'proof_url_mismatch',
    htu('https://evil.example/orders', '//evil.example/orders'),
  ],
  [
    '4 absolute form of another host',
    'proof_url_mismatch',
    htu('https://evil.example/orders', 'https://evil.example/orders'),
  ],
  [
    '4 absolute form of another host, a proof for ours',
    'proof_url_mismatch',
    htu(`${AUDIENCE}/orders`, 'https://evil.example/orders'),
  ],
  ['4 absolute form of our own', 'accepted', htu(`${AUDIENCE}/orders`, `${AUDIENCE}/orders`)],
  ['5 default port', 'accepted', htu('https://api.example.com:443/orders')],
  ['5 capitals of scheme and host', 'accepted', htu('HTTPS://API.EXAMPLE.COM/orders')],
  ['5 another port', 'proof_url_mismatch', htu('https://api.example.com:8443/orders')],
  ['5 http for https', 'proof_url_mismatch', htu('http://api.example.com/orders')],
  ['6 a dot after the host', 'proof_url_mismatch', htu('https://api.example.com./orders')],
  ['6 userinfo', 'proof_url_mismatch', htu('https://user@api.example.com/orders')],
  [
    '6 userinfo that is the host',
    'proof_url_mismatch',
    htu('https://api.example.com@api.example.com/orders'),
  ],
  ['7 backslashes', 'proof_url_mismatch', htu('https:\\\\api.example.com\\orders')],
  ['7 a leading space', 'proof_url_mismatch', htu(' https://api.example.com/orders')],
  ['7 a tab within', 'proof_url_mismatch', htu('https://api.example.com/or\tders')],
  ['7 a line break within', 'proof_url_mismatch', htu('https://api.example.com/or\nders')],
  ['8 a relative URL', 'proof_url_mismatch', htu('/orders')],
  ['8 no scheme', 'proof_url_mismatch', htu('api.example.com/orders')],
  ['8 an empty URL', 'proof_url_mismatch', htu('')],
  ['8 a list', 'proof_malformed', claims({ htu: [`${AUDIENCE}/`] })],
  ['8 a number', 'proof_malformed', claims({ htu: 1 })],
  [
    '[RFC9449-4.3-f] 9 query and fragment',
    'accepted',
    htu(`${AUDIENCE}/orders?a=1#b`, '/orders?c=2'),
  ],
  ['[RFC9449-4.3-g] 10 an escaped hyphen', 'accepted', path('/a%2Db', '/a-b')],
  ['10 an escaped tilde', 'accepted', path('/%7euser', '/~user')],
  ['10 an escaped tilde in the proof', 'accepted', path('/~user', '/%7Euser')],
  ['10 an escaped slash', 'proof_url_mismatch', path('/a%2Fb', '/a/b')],
  ['11 escapes in small letters', 'accepted', path('/caf%c3%a9', '/caf%C3%A9')],
  ['11 half an escape', 'proof_url_mismatch', path('/a%2', '/a%2')],
  ['12 dot segments in the request', 'proof_url_mismatch', path('/public/../admin', '/admin')],
  [
    '12 escaped dot segments in the request',
    'proof_url_mismatch',
    path('/public/%2e%2E/admin', '/admin'),
  ],
  ['12 a single dot in the request', 'proof_url_mismatch', path('/./admin', '/admin')],
  ['12 dot segments in the proof alone', 'accepted', path('/admin', '/public/../admin')],
  ['14 a slash at the end', 'proof_url_mismatch', path('/orders/', '/orders')],
  ['14 a capital', 'proof_url_mismatch', path('/Orders', '/orders')],
  ['14 a doubled slash', 'proof_url_mismatch', path('//orders', '/orders')],
  ['a raw # in the target', 'proof_url_mismatch', path('/orders#x', '/orders')],
  [
    '[RFC9449-4.3-e] 15 HEAD for GET',
    'proof_method_mismatch',
    { method: 'HEAD', proof: { method: 'GET' } },
  ],
  ['15 HEAD', 'accepted', { method: 'HEAD' }],
  ['15 small letters', 'proof_method_mismatch', { proof: { method: 'get' } }],
  // How it is sent.
  ['[RFC9449-7.1-b] 1 no proof', 'proof_missing', { dpop: [] }],
  ['[RFC9449-4.3-a] 17 two proofs', 'proof_repeated', { dpop: ['a.b.c', 'd.e.f'] }],
  ['17 two proofs in one header', 'proof_repeated', { dpop: ['a.b.c, d.e.f'] }],
  ['17 an empty header', 'proof_malformed', { dpop: [''] }],
  ['17 4,001 characters', 'proof_malformed', { dpop: [`a.b.${'c'.repeat(3_997)}`] }],
  ['17 too few parts', 'proof_malformed', { dpop: ['a.b'] }],
  ['17 too many parts', 'proof_malformed', { dpop: ['a.b.c.d'] }],
  ['17 an empty part', 'proof_malformed', { dpop: ['a..c'] }],
  ['a header that is no object', 'proof_malformed', { proof: { rawHeader: '[]' } }],
  ['a payload that is no object', 'proof_malformed', { proof: { rawPayload: '"x"' } }],
  ['[RFC9449-4.3-b] another type', 'proof_type_invalid', header({ typ: 'at+jwt' })],
  ['no type', 'proof_type_invalid', header({ typ: undefined })],
  ['24 a list as type', 'proof_type_invalid', header({ typ: ['dpop+jwt'] })],
  ['its type as a media type', 'accepted', header({ typ: 'application/DPoP+JWT' })],
  ['crit', 'proof_malformed', header({ crit: ['exp'], exp: 1 })],
  ['b64', 'proof_malformed', header({ b64: false })],
  // Its key.
  ...(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const).map(
    (name) =>
      [
        `19 a private member ${name}`,
        'proof_key_invalid',
        withJwk({ ...jwk, [name]: '' }),
      ] as const,
  ),
  ['[RFC9449-4.3-d] 19 d: null', 'proof_key_invalid', withJwk({ ...jwk, d: null })],
  [
    '20 a symmetric key',
    'proof_algorithm_not_allowed',
    { proof: { header: { alg: 'HS256', jwk: { kty: 'oct', k: 'AA' } } } },
  ],
  ['[RFC9449-4.3-c] 20 alg none', 'proof_algorithm_not_allowed', header({ alg: 'none' })],
  ['20 an algorithm that is not listed', 'proof_algorithm_not_allowed', header({ alg: 'ES384' })],
  ['20 no alg', 'proof_malformed', header({ alg: undefined })],
  [
    '20 an RSA key for ES256',
    'proof_key_invalid',
    withJwk({ kty: 'RSA', n: rsa.publicJwk.n, e: 'AQAB' }),
  ],
  ['20 an EC key for RS256', 'proof_key_invalid', header({ alg: 'RS256' })],
  [
    '20 X25519 for EdDSA',
    'proof_key_invalid',
    { proof: { header: { alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'X25519', x: ed.publicJwk.x } } } },
  ],
  ...(
    [
      ['1,024 bits', 128, 'AQAB'],
      ['8,192 bits', 1_024, 'AQAB'],
      ['an exponent of 2,000 bits', 256, Buffer.alloc(250, 3).toString('base64url')],
      ['an exponent of 1', 256, 'AQ'],
      ['an even exponent', 256, 'AQAA'],
    ] as const
  ).map(
    ([what, bytes, e]) =>
      [
        `21 RSA: ${what}`,
        'proof_key_invalid',
        header({
          alg: 'RS256',
          jwk: { kty: 'RSA', n: Buffer.alloc(bytes, 255).toString('base64url'), e },
        }),
      ] as const,
  ),
  [
    '22 no point of the curve',
    'proof_key_invalid',
    {
      token: aBoundToken({
        cnf: { jkt: thumbprintOf({ publicJwk: { ...clientKey.publicJwk, x: Y } } as TestKey) },
      }),
      proof: { header: { jwk: { ...jwk, x: Y } } },
    },
  ],
  [
    '22 a short coordinate',
    'proof_key_invalid',
    withJwk({ ...jwk, x: Buffer.alloc(31, 1).toString('base64url') }),
  ],
  [
    '22 a long coordinate',
    'proof_key_invalid',
    withJwk({ ...jwk, x: Buffer.alloc(33, 1).toString('base64url') }),
  ],
  ['22 a coordinate with padding', 'proof_key_invalid', withJwk({ ...jwk, x: `${X}=` })],
  [
    '23 members in another order, and more of them',
    'accepted',
    withJwk({
      y: Y,
      kid: 'k',
      use: 'sig',
      x: X,
      alg: 'ES256',
      key_ops: ['verify'],
      crv: 'P-256',
      other: [1],
      kty: 'EC',
      x5c: ['x'],
      jku: 'https://evil.example',
    }),
  ],
  ['for encryption', 'proof_key_invalid', withJwk({ ...jwk, use: 'enc' })],
  ['for signing alone', 'proof_key_invalid', withJwk({ ...jwk, key_ops: ['sign'] })],
  ['of another algorithm', 'proof_key_invalid', withJwk({ ...jwk, alg: 'ES384' })],
  [
    '24 inherited members',
    'proof_key_invalid',
    {
      proof: {
        rawHeader: `{"typ":"dpop+jwt","alg":"ES256","jwk":{"__proto__":${JSON.stringify(jwk)}}}`,
      },
    },
  ],
  [
    '24 a member twice',
    'proof_malformed',
    {
      proof: {
        rawHeader: `{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"RSA",${JSON.stringify(jwk).slice(1)}}`,
      },
    },
  ],
  [
    '24 two keys',
    'proof_malformed',
    {
      proof: {
        rawHeader: `{"typ":"dpop+jwt","alg":"ES256","jwk":{},"jwk":${JSON.stringify(jwk)}}`,
      },
    },
  ],
  ['24 a key that is no object', 'proof_key_invalid', withJwk('x')],
  ['no key', 'proof_key_invalid', withJwk(undefined)],
  // Its signature.
  ["25 a stranger's signature", 'proof_signature_invalid', { proof: { signedBy: stranger } }],
  // Its claims.
  ...(['jti', 'htm', 'htu', 'iat', 'ath'] as const).map(
    (name) => [`26 no ${name}`, 'proof_malformed', claims({ [name]: undefined })] as const,
  ),
  ['26 iat as text', 'proof_malformed', claims({ iat: String(NOW) })],
  ['26 a negative iat', 'proof_malformed', claims({ iat: -1 })],
  [
    '26 an endless iat',
    'proof_malformed',
    { proof: { rawPayload: `{"jti":"i","htm":"GET","htu":"${AUDIENCE}/","ath":"x","iat":1e400}` } },
  ],
  ['26 a fraction', 'accepted', claims({ iat: NOW + 0.5 })],
  ['27 as old as can be', 'accepted', { proof: { issuedInSec: -60 } }],
  ['[RFC9449-4.3-h] 27 too old', 'proof_untimely', { proof: { issuedInSec: -61 } }],
  ['28 as far ahead as can be', 'accepted', { proof: { issuedInSec: 10 } }],
  ['28 too far ahead', 'proof_untimely', { proof: { issuedInSec: 11 } }],
  ['29 an exp in the past', 'proof_untimely', claims({ exp: NOW - 1 })],
  ['29 an exp that is now', 'proof_untimely', claims({ exp: NOW })],
  ['29 an nbf in the future', 'proof_untimely', claims({ nbf: NOW + 60 })],
  ['29 an exp that is no number', 'proof_malformed', claims({ exp: 'x' })],
  ['29 an nbf that is no number', 'proof_malformed', claims({ nbf: null })],
  ['30 an id of 512 characters', 'accepted', claims({ jti: 'x'.repeat(512) })],
  ['30 an id of 513 characters', 'proof_malformed', claims({ jti: 'x'.repeat(513) })],
  ['30 an empty id', 'proof_malformed', claims({ jti: '' })],
  ['30 an id that is a number', 'proof_malformed', claims({ jti: 1 })],
  ['30 an id with NUL', 'proof_malformed', claims({ jti: 'a\0' })],
  ['30 an id with half a character', 'proof_malformed', claims({ jti: 'a\ud800' })],
  [
    '37 ath in base64',
    'proof_token_mismatch',
    claims({ ath: Buffer.alloc(32, 255).toString('base64') }),
  ],
  [
    '[RFC9449-4.3-i] 37 ath of another token',
    'proof_token_mismatch',
    { proof: { token: aUserToken() } },
  ],
  ['a nonce where none is asked for', 'accepted', { proof: { nonce: 'x' } }],
  ['54 a nonce that is a list', 'proof_malformed', claims({ nonce: ['x'] })],
  // The token beside it.
  ["31 a stranger's proof", 'binding_mismatch', { proof: { key: stranger } }],
  ['33 an expired token', 'expired', { token: aBoundToken({ exp: NOW - 60 }) }],
  [
    '33 a token with an unknown kid',
    'key_unknown',
    { token: aBoundToken({}, { header: { kid: 'x' } }) },
  ],
  ['38 several spaces', 'accepted', { token: spaced, authorization: [`DPoP   ${spaced}`] }],
  ['38 a token with = within', 'authorization_malformed', { token: 'a=b.c' }],
  ['39 two credentials', 'authorization_repeated', { authorization: ['DPoP x', 'Bearer x'] }],
  [
    '39 two credentials in one header',
    'authorization_repeated',
    { authorization: ['DPoP x, Bearer x'] },
  ],
  ['[RFC9449-7.1-a] 41 a token that is not bound', 'binding_missing', { token: aUserToken() }],
  [
    '42 a thumbprint with padding',
    'binding_mismatch',
    { token: aBoundToken({ cnf: { jkt: `${thumbprintOf(clientKey)}=` } }) },
  ],
  [
    '42 a list of thumbprints',
    'claim_malformed',
    { token: aUserToken({ cnf: { jkt: [thumbprintOf(clientKey)] } }) },
  ],
  ['42 cnf is a list', 'claim_malformed', { token: aUserToken({ cnf: [] }) }],
  ['42 cnf is empty', 'claim_malformed', { token: aUserToken({ cnf: {} }) }],
  ['42 cnf is null', 'claim_malformed', { token: aUserToken({ cnf: null }) }],
  [
    '43 a certificate besides',
    'sender_constraint_unsupported',
    { token: aUserToken({ cnf: { jkt: thumbprintOf(clientKey), 'x5t#S256': 'x' } }) },
  ],
  [
    '43 a certificate alone',
    'sender_constraint_unsupported',
    { token: aUserToken({ cnf: { 'x5t#S256': 'x' } }) },
  ],
  [
    '44 a key in cnf, alone',
    'sender_constraint_unsupported',
    { token: aUserToken({ cnf: { jwk } }) },
  ],
  [
    '44 what is not known, beside a thumbprint',
    'accepted',
    { token: aUserToken({ cnf: { jwk, 'kc-jkt-type': 'DPoP', jkt: thumbprintOf(clientKey) } }) },
  ],
  [
    '45 the access token as proof',
    'proof_type_invalid',
    { token: aBoundToken({ jti: 'twice' }), dpop: [aBoundToken({ jti: 'twice' })] },
  ],
  [
    '45 a proof as access token',
    'type_not_accepted',
    { token: aBoundToken({}, { header: { typ: 'dpop+jwt' } }) },
  ],
  // Other algorithms.
  ['a key for EdDSA', 'accepted', boundTo(ed)],
  [
    'a key for EdDSA, by its newer name',
    'accepted',
    { ...boundTo(ed), proof: { key: ed, header: { alg: 'Ed25519' } } },
  ],
  ['a key for RS256', 'accepted', boundTo(rsa)],
  ['a key for PS256', 'accepted', boundTo(generateTestKey('PS256'))],
];

describe.each(frameworks)('$name', (framework) => {
  describe.each(['when-bound', 'required'] as const)('%s', (mode) => {
    let target: DpopTarget;

    beforeAll(async () => {
      target = await openDpopTarget(framework, { mode });
    });
    beforeEach(() => {
      target.events.length = 0;
    });
    afterAll(() => target.close());

    it.each(CASES)('%s: %s', async (name, answer, given) => {
      const { status, headers, raw } = await target.send(requestOf({ name, answer, ...given }));
      const [event, ...more] = target.events.filter(({ type }) => type.startsWith('request.'));
      expect(more).toEqual([]);
      if (answer === 'accepted') {
        expect(event).toMatchObject({
          type: 'request.authenticated',
          binding: 'dpop',
          source: 'jwt',
        });
        expect([200, 404]).toContain(status);
        return;
      }
      const code = CODES[answer] ?? P;
      expect(event).toMatchObject({ type: 'request.refused', reason: answer, code });
      expect(status).toBe(code === 'invalid_request' ? 400 : 401);
      const challenges = headers['www-authenticate'] ?? '';
      expect(challenges).toMatch(
        new RegExp(`DPoP realm="api", error="${code}", .*algs="ES256 Ed25519 EdDSA PS256 RS256"$`),
      );
      expect(challenges.startsWith('Bearer ')).toBe(mode === 'when-bound');
      if (code !== 'invalid_request') expect(challenges).not.toMatch(/^Bearer realm="api", error/);
      expect(raw).not.toContain('evil.example');
    });
  });
});

/** A proof whose signature is made of these bytes. */
function signedWith(signature: Uint8Array, token: string): string {
  const proof = aBoundProof(token);
  return `${proof.slice(0, proof.lastIndexOf('.') + 1)}${Buffer.from(signature).toString('base64url')}`;
}

describe('signatures', () => {
  const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
  const half = 'ab'.repeat(32);
  const token = aBoundToken({ jti: 'signatures' });
  it.each([
    ['25 r is zero', '00'.repeat(32) + half],
    ['25 s is zero', half + '00'.repeat(32)],
    ['25 r is the order', order + half],
    ['25 s is the order', half + order],
    ['25 too long', `${half}${half}00`],
    ['25 DER', '3006020101020101'],
    ['25 nothing', '00'],
  ])('%s', async (_name, hex) => {
    const target = await openDpopTarget(frameworks[0] as (typeof frameworks)[0], {});
    try {
      const dpop = [signedWith(Buffer.from(hex, 'hex'), token)];
      await target.send(requestOf({ name: '', answer: '', token, dpop }));
      expect(target.events.at(-1)).toMatchObject({ reason: 'proof_signature_invalid' });
    } finally {
      target.close();
    }
  });

  it('25 with padding are refused: that is not base64url', async () => {
    const target = await openDpopTarget(frameworks[0] as (typeof frameworks)[0], {});
    try {
      await target.send(
        requestOf({ name: '', answer: '', token, dpop: [`${aBoundProof(token)}=`] }),
      );
      expect(target.events.at(-1)).toMatchObject({ reason: 'proof_malformed' });
    } finally {
      target.close();
    }
  });

  it('of an independent implementation are accepted, too', () => {
    // What this file calls a good proof has nothing that a stranger's would lack.
    expect(aProof({ key: clientKey, url: AUDIENCE, clock: aClock() }).split('.')).toHaveLength(3);
  });
});
