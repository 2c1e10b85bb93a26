import { generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derSignature } from '../../src/signature/der.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const raw = (r: string, s: string) => Buffer.from(r + s, 'hex');

describe('derSignature', () => {
  it.each([
    ['small numbers lose their zeros', raw('00000001', '00000002'), '3006020101020102'],
    ['zero keeps one', raw('00000000', '00000000'), '3006020100020100'],
    ['a leading bit is no sign', raw('00000080', 'ffffffff'), '300b020200800205' + '00ffffffff'],
    [
      'a leading zero byte before a bit stays one',
      raw('000000ff', '0000007f'),
      '3007020200ff02017f',
    ],
  ])('%s', (_, signature, expected) => {
    expect(hex(derSignature(signature))).toBe(expected);
  });

  it('uses the long form of a length only for the longest signatures', () => {
    expect(hex(derSignature(new Uint8Array(132).fill(0x7f))).slice(0, 8)).toBe('30818802');
    expect(hex(derSignature(new Uint8Array(96).fill(0xff))).slice(0, 6)).toBe('306602');
  });

  it.each(['P-256', 'P-384', 'P-521'])('gives what OpenSSL reads, for %s', (namedCurve) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const signature = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        expect(verify('sha256', data, publicKey, derSignature(signature))).toBe(true);
      }),
    );
  });

  it('leads to the same answer of OpenSSL as the raw form, for any bytes', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const data = Buffer.from('data');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (signature) => {
        const encoded = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
        const expected = verify('sha256', data, encoded, signature);
        expect(verify('sha256', data, publicKey, derSignature(signature))).toBe(expected);
      }),
    );
  });
});
