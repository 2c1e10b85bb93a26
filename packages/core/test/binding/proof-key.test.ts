import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateTestKey } from '../../../../test/support/tokens.ts';
import { importProofKey, readProofKey } from '../../src/binding/proof-key.ts';
import { ALGORITHMS, type Algorithm } from '../../src/token/algorithms.ts';

const keys = new Map(ALGORITHMS.map((name) => [name, generateTestKey(name).publicJwk]));
const jwkOf = (name: Algorithm): JWK => {
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = keys.get(name) ?? {};
  return jwk;
};
const ec = jwkOf('ES256');
const rsa = jwkOf('RS256');
const ed = jwkOf('EdDSA');
const bytes = (length: number, first = 255) =>
  Buffer.concat([Buffer.of(first), Buffer.alloc(length - 1, 255)]).toString('base64url');

describe('readProofKey', () => {
  it.each(ALGORITHMS)(
    'reads a key for %s, with the thumbprint that jose calculates',
    async (name) => {
      const key = readProofKey(jwkOf(name), name);
      expect(key?.thumbprint).toBe(await calculateJwkThumbprint(jwkOf(name)));
      expect(key && importProofKey(key, name)?.algorithms).toEqual([name]);
    },
  );

  it('accepts each key only for the algorithms of its type and curve', () => {
    for (const name of ALGORITHMS) {
      for (const other of ALGORITHMS) {
        const fits = jwkOf(other).kty === jwkOf(name).kty && jwkOf(other).crv === jwkOf(name).crv;
        expect(readProofKey(jwkOf(other), name) !== undefined, `${other} as ${name}`).toBe(fits);
      }
    }
  });

  it('uses only the members that define the key, and ignores others', () => {
    const plain = readProofKey(ec, 'ES256');
    const decorated = { x5c: ['x'], jku: 'x', kid: 1, ...ec, use: 'sig', alg: 'ES256', n: 'x' };
    expect(readProofKey({ ...decorated, key_ops: ['sign', 'verify'] }, 'ES256')).toEqual(plain);
    expect(readProofKey({ ...ed, alg: 'Ed25519' }, 'EdDSA')).toEqual(readProofKey(ed, 'EdDSA'));
  });

  it.each<[string, Algorithm, unknown]>([
    ['nothing', 'ES256', undefined],
    ['null', 'ES256', null],
    ['a text', 'ES256', 'x'],
    ['a list', 'ES256', [ec]],
    ...(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const).map(
      (name): [string, Algorithm, unknown] => [
        `a member ${name}`,
        'ES256',
        { ...ec, [name]: null },
      ],
    ),
    ['use: enc', 'ES256', { ...ec, use: 'enc' }],
    ['use: null', 'ES256', { ...ec, use: null }],
    ['key_ops without verify', 'ES256', { ...ec, key_ops: ['sign'] }],
    ['key_ops as text', 'ES256', { ...ec, key_ops: 'verify' }],
    ['another alg', 'RS256', { ...rsa, alg: 'PS256' }],
    ['an alg that is no text', 'ES256', { ...ec, alg: 1 }],
    ['no kty', 'ES256', { ...ec, kty: undefined }],
    ['inherited members', 'ES256', Object.create(ec)],
    ['another curve', 'ES256', { ...ec, crv: 'secp256k1' }],
    ['no x', 'ES256', { ...ec, x: undefined }],
    ['no y', 'ES256', { ...ec, y: undefined }],
    ['x as a number', 'ES256', { ...ec, x: 1 }],
    ['a short x', 'ES256', { ...ec, x: bytes(31) }],
    ['a long y', 'ES256', { ...ec, y: bytes(33) }],
    ['x with padding', 'ES256', { ...ec, x: `${ec.x}=` }],
    ['no x of Ed25519', 'EdDSA', { ...ed, x: undefined }],
    ['a short x of Ed25519', 'EdDSA', { ...ed, x: bytes(31) }],
    ['no n', 'RS256', { ...rsa, n: undefined }],
    ['no e', 'RS256', { ...rsa, e: undefined }],
    ['n of 2,047 bits', 'RS256', { ...rsa, n: bytes(256, 0x7f) }],
    ['n of 4,097 bits', 'RS256', { ...rsa, n: bytes(513, 1) }],
    ['n of 8,192 bits', 'RS256', { ...rsa, n: bytes(1_024) }],
    ['n with a zero before it', 'RS256', { ...rsa, n: bytes(257, 0) }],
    ['an empty n', 'RS256', { ...rsa, n: '' }],
    ['n that is no base64url', 'RS256', { ...rsa, n: `${rsa.n?.slice(0, -1)}+` }],
    ['e = 1', 'RS256', { ...rsa, e: 'AQ' }],
    ['e = 2', 'RS256', { ...rsa, e: 'Ag' }],
    ['e = 65,536', 'RS256', { ...rsa, e: 'AQAA' }],
    ['an empty e', 'RS256', { ...rsa, e: '' }],
    ['e with a zero before it', 'RS256', { ...rsa, e: 'AAEAAQ' }],
    ['e of 33 bits', 'RS256', { ...rsa, e: Buffer.of(1, 0, 0, 0, 1).toString('base64url') }],
    ['e of 2,000 bits', 'RS256', { ...rsa, e: bytes(250) }],
  ])('refuses %s', (_what, algorithm, jwk) => {
    expect(readProofKey(jwk, algorithm)).toBeUndefined();
  });

  it.each([
    ['n of 2,048 bits', { n: bytes(256, 0x80) }],
    ['n of 2,049 bits', { n: bytes(257, 1) }],
    ['n of 4,096 bits', { n: bytes(512) }],
    ['e = 3', { e: 'Aw' }],
    ['e of 32 bits', { e: bytes(4) }],
  ])('accepts %s', (_what, members) => {
    expect(readProofKey({ ...rsa, ...members }, 'RS256')).toBeDefined();
  });
});

describe('importProofKey', () => {
  it('gives undefined for a point that is not on the curve', () => {
    const key = readProofKey({ ...ec, x: ec.y }, 'ES256');
    expect(key).toBeDefined();
    expect(key && importProofKey(key, 'ES256')).toBeUndefined();
  });

  it('accepts an RSA key of 4,096 bits', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 4_096 });
    const key = readProofKey(publicKey.export({ format: 'jwk' }), 'PS256');
    expect(key && importProofKey(key, 'PS256')?.signatureBytes).toBe(512);
  });
});
