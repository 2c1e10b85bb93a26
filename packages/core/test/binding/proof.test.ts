import { describe, expect, it } from 'vitest';
import { encoded, generateTestKey } from '../../../../test/support/tokens.ts';
import {
  MAX_PROOF_LENGTH,
  proofOf,
  readProofClaims,
  readProofHeader,
} from '../../src/binding/proof.ts';

const { kid: _kid, alg: _alg, use: _use, ...jwk } = generateTestKey('ES256').publicJwk;

const request = (dpop: string | readonly string[] | undefined) => ({
  method: 'GET',
  url: '/',
  header: (name: string) => (name === 'dpop' ? dpop : undefined),
});

describe('proofOf', () => {
  it('splits the header into its parts', () => {
    const parts = { header: 'aa', payload: 'bb', signingInput: 'aa.bb', signature: Buffer.of(113) };
    expect(proofOf(request('aa.bb.cQ'))).toEqual(parts);
    expect(proofOf(request(['aa.bb.cQ']))).toEqual(parts);
  });

  it.each([
    [undefined, 'proof_missing'],
    [['a.b.cQ', 'a.b.cQ'], 'proof_repeated'],
    ['a.b.cQ,a.b.cQ', 'proof_repeated'],
    [`${'a'.repeat(MAX_PROOF_LENGTH)},`, 'proof_repeated'],
    ['', 'proof_malformed'],
    [[], 'proof_malformed'],
    ['a', 'proof_malformed'],
    ['a.b', 'proof_malformed'],
    ['a.b.', 'proof_malformed'],
    ['.b.cQ', 'proof_malformed'],
    ['a..cQ', 'proof_malformed'],
    ['a.b.cQ.d', 'proof_malformed'],
    ['a.b.cQ.', 'proof_malformed'],
    ['a.b.cQ.d.e', 'proof_malformed'],
    ['a.b.c', 'proof_malformed'],
    ['a.b.cQ==', 'proof_malformed'],
    [`a.b.${'c'.repeat(MAX_PROOF_LENGTH - 3)}`, 'proof_malformed'],
  ])('of %j is %s', (dpop, reason) => {
    expect(proofOf(request(dpop))).toBe(reason);
  });

  it('accepts 4,000 characters', () => {
    const proof = `${'a'.repeat(1_000)}.${'b'.repeat(1_000)}.`;
    expect(proofOf(request(proof + 'A'.repeat(4_000 - proof.length)))).toMatchObject({
      payload: 'b'.repeat(1_000),
    });
  });
});

const readHeader = (header: unknown) =>
  readProofHeader(encoded(typeof header === 'string' ? header : JSON.stringify(header)), [
    'ES256',
    'EdDSA',
  ]);
const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };

describe('readProofHeader', () => {
  it.each(['dpop+jwt', 'DPoP+JWT', 'application/dpop+jwt', 'Application/DPOP+JWT'])(
    'accepts the type %s',
    (typ) => {
      expect(readHeader({ ...header, typ })).toMatchObject({ algorithm: 'ES256' });
    },
  );

  it.each<[string, string, unknown]>([
    ['another type', 'proof_type_invalid', { ...header, typ: 'jwt' }],
    ['more than the type', 'proof_type_invalid', { ...header, typ: 'dpop+jwts' }],
    ['something before the type', 'proof_type_invalid', { ...header, typ: 'xdpop+jwt' }],
    ['another character for +', 'proof_type_invalid', { ...header, typ: 'dpopp+jwt' }],
    ['no type', 'proof_type_invalid', { ...header, typ: undefined }],
    ['a list of types', 'proof_type_invalid', { ...header, typ: ['dpop+jwt'] }],
    ['an algorithm that is not listed', 'proof_algorithm_not_allowed', { ...header, alg: 'RS256' }],
    ['an algorithm in small letters', 'proof_algorithm_not_allowed', { ...header, alg: 'es256' }],
    ['HMAC', 'proof_algorithm_not_allowed', { ...header, alg: 'HS256' }],
    ['none', 'proof_algorithm_not_allowed', { ...header, alg: 'none' }],
    ['no algorithm', 'proof_malformed', { ...header, alg: undefined }],
    ['an algorithm that is no text', 'proof_malformed', { ...header, alg: 1 }],
    ['crit', 'proof_malformed', { ...header, crit: [] }],
    ['b64', 'proof_malformed', { ...header, b64: true }],
    ['zip', 'proof_malformed', { ...header, zip: null }],
    ['enc', 'proof_malformed', { ...header, enc: 'x' }],
    ['no key', 'proof_key_invalid', { ...header, jwk: undefined }],
    ['a private key', 'proof_key_invalid', { ...header, jwk: { ...jwk, d: 'x' } }],
    ['a list', 'proof_malformed', [header]],
    ['no JSON', 'proof_malformed', '{'],
    ['no UTF-8', 'proof_malformed', '{"a":"\ud800"}x'],
    ['a member twice', 'proof_malformed', `{"typ":"x",${JSON.stringify(header).slice(1)}`],
    [
      'a deep member',
      'proof_malformed',
      `{"a":${'['.repeat(40)}${']'.repeat(40)},${JSON.stringify(header).slice(1)}`,
    ],
  ])('refuses %s: %s', (_what, reason, given) => {
    expect(readHeader(given)).toBe(reason);
  });

  it('refuses text that is not base64url, and bytes that are not text', () => {
    expect(readProofHeader('=', ['ES256'])).toBe('proof_malformed');
    expect(readProofHeader(Buffer.of(0x7b, 0xff, 0x7d).toString('base64url'), [])).toBe(
      'proof_malformed',
    );
  });

  it('accepts Ed25519 as the newer name of EdDSA', () => {
    const { kid: _k, alg: _a, use: _u, ...ed } = generateTestKey('EdDSA').publicJwk;
    expect(readHeader({ ...header, alg: 'Ed25519', jwk: ed })).toMatchObject({
      algorithm: 'EdDSA',
    });
  });
});

const readClaims = (claims: unknown) =>
  readProofClaims(encoded(typeof claims === 'string' ? claims : JSON.stringify(claims)));
const claims = { jti: 'i', htm: 'GET', htu: 'https://a.com/', iat: 1, ath: 'h' };

describe('readProofClaims', () => {
  it('reads the claims that are needed', () => {
    expect(readClaims({ ...claims, other: 1 })).toEqual({
      ...claims,
      nonce: undefined,
      exp: undefined,
      nbf: undefined,
    });
    expect(readClaims({ ...claims, nonce: 'n', exp: 2.5, nbf: 0 })).toMatchObject({
      nonce: 'n',
      exp: 2.5,
      nbf: 0,
    });
  });

  it.each([
    ['an id of 512 characters', { jti: 'x'.repeat(512) }],
    ['a pair of surrogates', { jti: '😀' }],
    ['a time of zero', { iat: 0 }],
    ['a fraction', { iat: 0.5 }],
    ['empty texts', { htm: '', htu: '', ath: '', nonce: '' }],
  ])('accepts %s', (_what, given) => {
    expect(readClaims({ ...claims, ...given })).toMatchObject(given);
  });

  it.each<[string, unknown]>([
    ...['jti', 'htm', 'htu', 'ath', 'iat'].flatMap((name): [string, unknown][] => [
      [`no ${name}`, { ...claims, [name]: undefined }],
      [`a list as ${name}`, { ...claims, [name]: ['x'] }],
    ]),
    ['an inherited claim', `{"__proto__":${JSON.stringify(claims)}}`],
    ['an empty id', { ...claims, jti: '' }],
    ['a long id', { ...claims, jti: 'x'.repeat(513) }],
    ['an id with NUL', { ...claims, jti: 'a\0b' }],
    ['an id with half a pair', `{"jti":"a\\ud800",${JSON.stringify(claims).slice(9)}`],
    ['a time as text', { ...claims, iat: '1' }],
    ['a time before all time', { ...claims, iat: -1 }],
    ['a time without end', JSON.stringify(claims).replace('"iat":1', '"iat":1e400')],
    ['exp as text', { ...claims, exp: '1' }],
    ['exp that is null', { ...claims, exp: null }],
    ['nbf as text', { ...claims, nbf: '1' }],
    ['a nonce that is a number', { ...claims, nonce: 1 }],
    ['a nonce that is null', { ...claims, nonce: null }],
    ['a member twice', `{"jti":"j",${JSON.stringify(claims).slice(1)}`],
    ['a list', [claims]],
    ['no JSON', 'x'],
  ])('refuses %s', (_what, given) => {
    expect(readClaims(given)).toBe('proof_malformed');
  });
});
