import {
  constants,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  sign,
} from 'node:crypto';
import { calculateJwkThumbprint, compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { aToken, issuerKey } from '../../../../test/support/tokens.ts';
import { prepareKey } from '../../src/keys/prepare-key.ts';
import type { Algorithm } from '../../src/token/algorithms.ts';
import { verifySignature } from '../verify-signature.ts';

// Signatures at the limits: examples of the specifications beyond those of signature/check.test.ts, and cases
// of the kinds that project Wycheproof has (padding of PKCS #1 and PSS, extreme r and s), made here. Each
// answer is compared with that of jose.

/** The signed text for an algorithm: a header that names it, which jose needs, and no claims. */
function inputOf(alg: Algorithm): string {
  return `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.e30`;
}

function digestOf(alg: Algorithm): Buffer {
  return createHash('sha256').update(inputOf(alg)).digest();
}

interface Case {
  readonly alg: Algorithm;
  readonly jwk: object;
  readonly input: string;
  readonly signature: Uint8Array;
}

async function verdicts({
  alg,
  jwk,
  input,
  signature,
}: Case): Promise<readonly [boolean, boolean]> {
  const key = prepareKey(jwk);
  if (typeof key === 'string') return expect.unreachable(key);
  const ours = await verifySignature(alg, key, input, signature);
  const jws = `${input}.${Buffer.from(signature).toString('base64url')}`;
  const theirs = await compactVerify(jws, { ...jwk }, { algorithms: [alg] }).then(
    () => true,
    () => false,
  );
  return [ours, theirs];
}

describe('RFC 7515 A.4, ECDSA with P-521', () => {
  const jwk = {
    kty: 'EC',
    crv: 'P-521',
    x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
    y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
  };
  const signature = Buffer.from(
    'AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn',
    'base64url',
  );

  it('is verified, and not with another payload', async () => {
    const input = 'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA';
    expect(await verdicts({ alg: 'ES512', jwk, input, signature })).toEqual([true, true]);
    const other = 'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZQ';
    expect(await verdicts({ alg: 'ES512', jwk, input: other, signature })).toEqual([false, false]);
  });
});

describe('RFC 9449 §4.1, a DPoP proof, and §6.1, the thumbprint of its key (RFC 7638)', () => {
  const [header = '', payload = '', signature = ''] = [
    'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19',
    'eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ',
    '2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg',
  ];
  const { jwk } = JSON.parse(Buffer.from(header, 'base64url').toString());

  it('is verified with the key in its header, which the caller must pass: no key is taken from a token', async () => {
    const proof = { alg: 'ES256', jwk, input: `${header}.${payload}` } as const;
    const bytes = Buffer.from(signature, 'base64url');
    expect(await verdicts({ ...proof, signature: bytes })).toEqual([true, true]);
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    expect(await verdicts({ ...proof, signature: bytes })).toEqual([false, false]);
  });

  it('has the thumbprint of the example of a bound token', async () => {
    expect(await calculateJwkThumbprint(jwk)).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
  });
});

// PKCS #1 v1.5 (RFC 8017 §8.2.2): the encoded message must be compared as a whole, and never parsed.

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaJwk = rsa.publicKey.export({ format: 'jwk' });
const digest = digestOf('RS256');
const SHA256 = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function raw(message: Buffer, key: KeyObject = rsa.privateKey): Buffer {
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, message);
}

/** The bytes 00 01 FF… 00 and the given ones, 256 in all, with the given changes. */
function encodedMessage(
  info: Buffer,
  { start = '0001', separator = '00', fill = 0xff } = {},
): Buffer {
  const ends = [Buffer.from(start, 'hex'), Buffer.from(separator, 'hex')] as const;
  const length = 256 - ends[0].length - ends[1].length - info.length;
  return Buffer.concat([ends[0], Buffer.alloc(length, fill), ends[1], info]);
}

const info = Buffer.concat([SHA256, digest]);

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

/** An encoded message that ends early, with anything after it (CVE-2006-4339). */
function trailing(behind: Buffer, padding: number): Buffer {
  return Buffer.concat([hex('0001'), Buffer.alloc(padding, 0xff), hex('00'), info, behind]);
}

const badPaddings: readonly (readonly [string, Buffer])[] = [
  ['block type 0', encodedMessage(info, { start: '0000' })],
  ['block type 2', encodedMessage(info, { start: '0002' })],
  ['no separator', encodedMessage(info, { separator: 'ff' })],
  ['a separator in the middle of the padding', encodedMessage(Buffer.concat([hex('ff00'), info]))],
  ['padding of other bytes', encodedMessage(info, { fill: 0xfe })],
  ['padding of zeros', encodedMessage(info, { fill: 0 })],
  [
    'eight bytes of padding, and garbage behind',
    trailing(Buffer.alloc(256 - 3 - 8 - info.length, 0xaa), 8),
  ],
  ['no padding at all, and garbage behind', trailing(Buffer.alloc(256 - 3 - info.length), 0)],
  ['one byte behind the hash', trailing(Buffer.alloc(1), 256 - 3 - info.length - 1)],
  ['a hash without its algorithm', encodedMessage(digest)],
  [
    'the algorithm without its NULL',
    encodedMessage(Buffer.concat([hex('302f300b0609608648016503040201'), hex('0420'), digest])),
  ],
  [
    'a long form of the length',
    encodedMessage(Buffer.concat([hex('308131300d060960864801650304020105000420'), digest])),
  ],
  [
    'an indefinite length',
    encodedMessage(
      Buffer.concat([hex('3080300d060960864801650304020105000420'), digest, hex('0000')]),
    ),
  ],
  [
    'parameters in the place of NULL',
    encodedMessage(Buffer.concat([hex('3033300f06096086480165030402010402aaaa0420'), digest])),
  ],
  [
    'the algorithm of SHA-384',
    encodedMessage(
      Buffer.concat([hex('3041300d060960864801650304020205000430'), digest, Buffer.alloc(16)]),
    ),
  ],
  [
    'the algorithm of SHA-1',
    encodedMessage(Buffer.concat([hex('3021300906052b0e03021a05000414'), digest.subarray(0, 20)])),
  ],
  ['the hash cut by a byte', encodedMessage(info.subarray(0, -1))],
  [
    'the hash of something else',
    encodedMessage(Buffer.concat([SHA256, createHash('sha256').update('x').digest()])),
  ],
];

describe('the padding of PKCS #1 v1.5', () => {
  it('is accepted if it is correct; the cases below differ only in one point', async () => {
    const signature = raw(encodedMessage(info));
    expect(
      await verdicts({ alg: 'RS256', jwk: rsaJwk, input: inputOf('RS256'), signature }),
    ).toEqual([true, true]);
  });

  it.each(badPaddings)('with %s is refused', async (_, message) => {
    expect(message).toHaveLength(256);
    const signature = raw(message);
    expect(
      await verdicts({ alg: 'RS256', jwk: rsaJwk, input: inputOf('RS256'), signature }),
    ).toEqual([false, false]);
  });

  it('is checked fully for a key with exponent 3, so that no cube root is a valid signature', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 3072, publicExponent: 3 });
    const prefix = Buffer.concat([hex('0001ffffffffffffffff00'), info]);
    // The smallest number whose cube begins like a correct message and ends with other bytes.
    const target = BigInt(
      `0x${Buffer.concat([prefix, Buffer.alloc(384 - prefix.length)]).toString('hex')}`,
    );
    let root = 1n << BigInt(Math.ceil(target.toString(2).length / 3));
    for (let next = root; ; root = next) {
      next = (2n * root + target / (root * root)) / 3n;
      if (next >= root) break;
    }
    root += 1n;
    const cube = (root * root * root).toString(16).padStart(768, '0');
    expect(cube.startsWith(prefix.toString('hex'))).toBe(true);
    const signature = hex(root.toString(16).padStart(768, '0'));
    const jwk = weak.publicKey.export({ format: 'jwk' });
    expect(await verdicts({ alg: 'RS256', jwk, input: inputOf('RS256'), signature })).toEqual([
      false,
      false,
    ]);
  });

  it('does not make a signature valid that is larger than the modulus', async () => {
    const modulus = BigInt(`0x${Buffer.from(String(rsaJwk.n), 'base64url').toString('hex')}`);
    // Not every sum fits into the length of a signature. The first input with a fitting one is used.
    for (let count = 0; ; count++) {
      const header = JSON.stringify({ alg: 'RS256', count });
      const input = `${Buffer.from(header).toString('base64url')}.e30`;
      const signature = sign('sha256', Buffer.from(input), rsa.privateKey);
      const beyond = (BigInt(`0x${signature.toString('hex')}`) + modulus).toString(16);
      if (beyond.length > 512) continue;
      const right = { alg: 'RS256', jwk: rsaJwk, input, signature } as const;
      expect(await verdicts(right)).toEqual([true, true]);
      expect(await verdicts({ ...right, signature: hex(beyond) })).toEqual([false, false]);
      break;
    }
  });
});

// PSS (RFC 8017 §9.1.2), encoded here step by step.

function mgf1(seed: Buffer, length: number, hash: string): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; Buffer.concat(blocks).length < length; counter++) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(count).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

interface PssChanges {
  readonly salt?: Buffer;
  readonly trailer?: number;
  readonly mask?: string;
  readonly zeros?: number;
  readonly separator?: number;
  readonly topBit?: boolean;
}

function pss(changes: PssChanges = {}): Buffer {
  const {
    salt = Buffer.alloc(32, 7),
    trailer = 0xbc,
    mask = 'sha256',
    zeros = 8,
    separator = 1,
    topBit = false,
  } = changes;
  const hash = createHash('sha256')
    .update(Buffer.alloc(zeros))
    .update(digestOf('PS256'))
    .update(salt)
    .digest();
  const padding = Buffer.alloc(256 - salt.length - 32 - 2);
  const block = Buffer.concat([padding, Buffer.from([separator]), salt]);
  const masked = mgf1(hash, block.length, mask).map((byte, index) => byte ^ (block[index] ?? 0));
  masked[0] = topBit ? ((masked[0] ?? 0) & 0x7f) | 0x80 : (masked[0] ?? 0) & 0x7f;
  return Buffer.concat([masked, hash, Buffer.from([trailer])]);
}

describe('the padding of PSS', () => {
  it('is accepted if it is correct', async () => {
    const signature = raw(pss());
    expect(
      await verdicts({ alg: 'PS256', jwk: rsaJwk, input: inputOf('PS256'), signature }),
    ).toEqual([true, true]);
  });

  it.each<readonly [string, PssChanges]>([
    ['another trailer', { trailer: 0xcc }],
    ['no salt', { salt: Buffer.alloc(0) }],
    ['a salt of 20 bytes', { salt: Buffer.alloc(20) }],
    ['a salt of 33 bytes', { salt: Buffer.alloc(33) }],
    ['a mask by SHA-1', { mask: 'sha1' }],
    ['a mask by SHA-384', { mask: 'sha384' }],
    ['seven zeros before the hash', { zeros: 7 }],
    ['another separator', { separator: 2 }],
  ])('with %s is refused', async (_, changes) => {
    const signature = raw(pss(changes));
    expect(
      await verdicts({ alg: 'PS256', jwk: rsaJwk, input: inputOf('PS256'), signature }),
    ).toEqual([false, false]);
  });
});

// ECDSA over P-256 with extreme but valid r and s, which few libraries expect.

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
type Point = readonly [bigint, bigint] | undefined;
const G: Point = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
];

function mod(value: bigint, modulus: bigint): bigint {
  return ((value % modulus) + modulus) % modulus;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let factor = mod(base, modulus);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  return power(value, modulus - 2n, modulus);
}

function add(one: Point, two: Point): Point {
  if (one === undefined || two === undefined) return one ?? two;
  const [x1, y1] = one;
  const [x2, y2] = two;
  if (x1 === x2 && mod(y1 + y2, P) === 0n) return undefined;
  const slope =
    x1 === x2
      ? mod((3n * x1 * x1 - 3n) * inverse(2n * y1, P), P)
      : mod((y2 - y1) * inverse(mod(x2 - x1, P), P), P);
  const x = mod(slope * slope - x1 - x2, P);
  return [x, mod(slope * (x1 - x) - y1, P)];
}

function multiply(point: Point, times: bigint): Point {
  let result: Point;
  let double = point;
  for (let rest = mod(times, N); rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, double);
    double = add(double, double);
  }
  return result;
}

/** The point with this x, if there is one. */
function pointAt(x: bigint): Point {
  const square = mod(x * x * x - 3n * x + B, P);
  const y = power(square, (P + 1n) / 4n, P);
  return mod(y * y, P) === square ? [x, y] : undefined;
}

function leastPoint(from: bigint, step: bigint): readonly [bigint, Point] {
  for (let x = from; ; x += step) {
    const point = pointAt(x);
    if (point !== undefined) return [x, point];
  }
}

function bytesOf(value: bigint): Buffer {
  return hex(value.toString(16).padStart(64, '0'));
}

/** The key for which (r, s) is a signature over the input: Q = r⁻¹(sR − zG). */
function keyFor(point: Point, r: bigint, s: bigint): object {
  const z = BigInt(`0x${digestOf('ES256').toString('hex')}`);
  const negated = multiply(G, N - mod(z, N));
  const [x = 0n, y = 0n] = multiply(add(multiply(point, s), negated), inverse(mod(r, N), N)) ?? [];
  return {
    kty: 'EC',
    crv: 'P-256',
    x: bytesOf(x).toString('base64url'),
    y: bytesOf(y).toString('base64url'),
  };
}

const [smallX, smallPoint] = leastPoint(1n, 1n);
const [largeX, largePoint] = leastPoint(N - 1n, -1n);
// For an x between the order and the prime, r is x minus the order. A verifier must add the order again.
const [wrappedX, wrappedPoint] = leastPoint(N + 1n, 1n);
const ordinary = multiply(G, 0x1234567890abcdefn);
const ordinaryR = mod(ordinary?.[0] ?? 0n, N);

const extremes: readonly (readonly [string, Point, bigint, bigint])[] = [
  ['s of 1', ordinary, ordinaryR, 1n],
  ['s of 2', ordinary, ordinaryR, 2n],
  ['s just below the order', ordinary, ordinaryR, N - 1n],
  ['s of half the order', ordinary, ordinaryR, N >> 1n],
  ['s of a power of two', ordinary, ordinaryR, 1n << 255n],
  ['the least r', smallPoint, smallX, 7n],
  ['the least r and s of 1', smallPoint, smallX, 1n],
  ['the largest r', largePoint, largeX, 7n],
  ['the largest r and s', largePoint, largeX, N - 1n],
  ['an r whose point lies beyond the order', wrappedPoint, wrappedX - N, 7n],
];

describe('extreme r and s of ES256', () => {
  it.each(extremes)(
    '%s is accepted if it is correct, and refused with a small change',
    async (_, point, r, s) => {
      const jwk = keyFor(point, r, s);
      const signed = (first: bigint, second: bigint): Case => ({
        alg: 'ES256',
        jwk,
        input: inputOf('ES256'),
        signature: Buffer.concat([bytesOf(first), bytesOf(second)]),
      });
      expect(await verdicts(signed(r, s))).toEqual([true, true]);
      expect(await verdicts(signed(r, s === 1n ? 2n : s - 1n))).toEqual([false, false]);
      expect(await verdicts(signed(r + 1n, s))).toEqual([false, false]);
      // The same numbers in another spelling: they must not be reduced first.
      if (r + N < 1n << 256n) expect(await verdicts(signed(r + N, s))).toEqual([false, false]);
      if (s + N < 1n << 256n) expect(await verdicts(signed(r, s + N))).toEqual([false, false]);
    },
  );
});

describe('missing and exchanged parts', () => {
  it('a token is not accepted without one of its parts', async () => {
    const [header = '', payload = '', signature = ''] = aToken().split('.');
    const right = {
      alg: 'ES256',
      jwk: issuerKey.publicJwk,
      signature: Buffer.from(signature, 'base64url'),
    } as const;
    expect(await verdicts({ ...right, input: `${header}.${payload}` })).toEqual([true, true]);
    const key = prepareKey(issuerKey.publicJwk);
    if (typeof key === 'string') return expect.unreachable(key);
    for (const input of [
      '',
      '.',
      header,
      payload,
      `${header}.`,
      `.${payload}`,
      `${payload}.${header}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature}`,
    ]) {
      expect(await verifySignature('ES256', key, input, right.signature)).toBe(false);
    }
  });
});
