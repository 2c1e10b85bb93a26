import { constants, createPublicKey, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign, compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateTestKey, publicKeyOf, type TestKey } from '../../../../test/support/tokens.ts';
import type { VerificationKey } from '../../src/signature/verification-key.ts';
import { ALGORITHMS, type Algorithm } from '../../src/token/algorithms.ts';
import { bareJwk, preparedKey } from '../keys/prepared-key.ts';
import { verifySignature } from '../verify-signature.ts';

// One pair for all RSA algorithms, because making one is slow.
const rsa = generateTestKey('RS256');
const otherRsa = generateTestKey('RS256');
const pairs: Readonly<Record<Algorithm, TestKey>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: generateTestKey('ES256'),
  ES384: generateTestKey('ES384'),
  ES512: generateTestKey('ES512'),
  EdDSA: generateTestKey('EdDSA'),
};

const ORDERS: Readonly<Record<string, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384:
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512:
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
};

const CURVE_ALGORITHMS = ['ES256', 'ES384', 'ES512'] as const;

function keyFor(alg: Algorithm, pair: TestKey = pairs[alg]): VerificationKey {
  return preparedKey({ ...bareJwk(publicKeyOf(pair)), alg });
}

interface Signed {
  readonly input: Buffer;
  readonly signature: Buffer;
}

async function joseSigns(alg: string, { privateKey }: TestKey, text: string): Promise<Signed> {
  const jws = await new CompactSign(Buffer.from(text)).setProtectedHeader({ alg }).sign(privateKey);
  const end = jws.lastIndexOf('.');
  return {
    input: Buffer.from(jws.slice(0, end)),
    signature: Buffer.from(jws.slice(end + 1), 'base64url'),
  };
}

/** Finds a signature with the wanted first byte, by trying one text after the other. */
async function signedWith(alg: Algorithm, fits: (firstByte: number) => boolean): Promise<Signed> {
  for (let bottles = 10; ; bottles += 1) {
    const signed = await joseSigns(alg, pairs[alg], `${bottles} green bottles`);
    if (fits(signed.signature.readUInt8(0))) return signed;
  }
}

async function joseAccepts(
  alg: string,
  publicKey: KeyObject,
  { input, signature }: Signed,
): Promise<boolean> {
  const jws = `${input.toString()}.${signature.toString('base64url')}`;
  return compactVerify(jws, publicKey, { algorithms: [alg] }).then(
    () => true,
    () => false,
  );
}

async function weAccept(
  alg: Algorithm,
  key: VerificationKey,
  { input, signature }: Signed,
): Promise<boolean> {
  return verifySignature(alg, key, input.toString('latin1'), signature);
}

/** Fails unless this package and jose both give this answer. */
async function bothSay(expected: boolean, alg: Algorithm, signed: Signed): Promise<void> {
  const ours = await weAccept(alg, keyFor(alg), signed);
  const theirs = await joseAccepts(alg, publicKeyOf(pairs[alg]), signed);
  expect({ ours, theirs }).toEqual({ ours: expected, theirs: expected });
}

function bigEndian(value: bigint, bytes: number): Buffer {
  return Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
}

function halves(signature: Buffer): readonly [r: bigint, s: bigint] {
  const middle = signature.length / 2;
  const half = (part: Buffer) => BigInt(`0x${part.toString('hex')}`);
  return [half(signature.subarray(0, middle)), half(signature.subarray(middle))];
}

describe.each(ALGORITHMS)('%s', (alg) => {
  it('accepts what jose signs, and jose accepts it as well', async () => {
    await bothSay(true, alg, await joseSigns(alg, pairs[alg], 'ten green bottles'));
  });

  it('refuses another input, another key, and any changed byte', async () => {
    const signed = await joseSigns(alg, pairs[alg], 'ten green bottles');
    await bothSay(false, alg, { ...signed, input: Buffer.from(`${signed.input.toString()}A`) });
    await bothSay(false, alg, { ...signed, input: Buffer.from('e30.e30') });
    const other = alg.startsWith('RS') || alg.startsWith('PS') ? otherRsa : generateTestKey(alg);
    expect(await weAccept(alg, keyFor(alg, other), signed)).toBe(false);
    for (const index of [0, signed.signature.length >> 1, signed.signature.length - 1]) {
      const signature = Buffer.from(signed.signature);
      signature[index] = (signature[index] ?? 0) ^ 1;
      await bothSay(false, alg, { ...signed, signature });
    }
  });

  it('refuses every wrong length', async () => {
    // Without the first byte, the answer of OpenSSL (and so of jose) depends on whether that byte is zero.
    const signed = await signedWith(alg, (first) => first !== 0);
    const { signature } = signed;
    for (const wrong of [
      Buffer.alloc(0),
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), signature]),
      Buffer.concat([signature, signature]),
    ]) {
      await bothSay(false, alg, { ...signed, signature: wrong });
    }
  });

  it('refuses a signature without its first byte, if that is zero', async () => {
    // OpenSSL reads an RSA-PSS signature as a number, and accepts it. RFC 8017 §8.1.2, step 1, does not.
    const signed = await signedWith(alg, (first) => first === 0);
    await bothSay(true, alg, signed);
    const shortened = { ...signed, signature: signed.signature.subarray(1) };
    expect(await weAccept(alg, keyFor(alg), shortened)).toBe(false);
  });

  it('refuses random bytes of the right length', async () => {
    const { input, signature } = await joseSigns(alg, pairs[alg], 'ten green bottles');
    const bytes = fc.uint8Array({ minLength: signature.length, maxLength: signature.length });
    fc.assert(
      fc.property(bytes, (random) => {
        expect(verifySignature(alg, keyFor(alg), input.toString('latin1'), random)).toBe(false);
      }),
      { numRuns: 10 },
    );
    await bothSay(false, alg, { input, signature: Buffer.alloc(signature.length) });
    await bothSay(false, alg, { input, signature: Buffer.alloc(signature.length, 0xff) });
  });

  it('refuses a signature by another algorithm, whatever the key could verify', async () => {
    for (const other of ALGORITHMS) {
      if (other === alg) continue;
      const signed = await joseSigns(other, pairs[other], 'ten green bottles');
      expect(await weAccept(alg, keyFor(alg), signed)).toBe(false);
      expect(await weAccept(alg, keyFor(other), signed)).toBe(false);
    }
  });
});

describe.each(CURVE_ALGORITHMS)('the range of r and s in %s', (alg) => {
  const order = ORDERS[alg] ?? 0n;

  it('does not include zero, the order of the curve, and larger numbers', async () => {
    const { input, signature } = await joseSigns(alg, pairs[alg], 'ten green bottles');
    const [r, s] = halves(signature);
    const size = signature.length / 2;
    const largest = 2n ** BigInt(size * 8) - 1n;
    for (const [badR, badS] of [
      [0n, 0n],
      [0n, s],
      [r, 0n],
      [0n, 1n],
      [1n, 0n],
      [order, s],
      [r, order],
      [order, order],
      [order, 1n],
      [largest, largest],
      // A larger number that is equal to the right s modulo the order, if it fits.
      [r, s + order > largest ? largest : s + order],
      [s, r],
    ] as const) {
      const forged = Buffer.concat([bigEndian(badR, size), bigEndian(badS, size)]);
      await bothSay(false, alg, { input, signature: forged });
    }
  });

  it('includes the negated s, as ECDSA allows, so a signature cannot identify a token', async () => {
    const { input, signature } = await joseSigns(alg, pairs[alg], 'ten green bottles');
    const [r, s] = halves(signature);
    const size = signature.length / 2;
    const twin = Buffer.concat([bigEndian(r, size), bigEndian(order - s, size)]);
    await bothSay(true, alg, { input, signature: twin });
  });

  it('refuses DER instead of the raw form', async () => {
    const input = Buffer.from('e30.e30');
    const hash = `sha${alg === 'ES512' ? '512' : alg.slice(2)}`;
    const der = sign(hash, input, { key: pairs[alg].privateKey, dsaEncoding: 'der' });
    await bothSay(false, alg, { input, signature: der });
    const raw = sign(hash, input, { key: pairs[alg].privateKey, dsaEncoding: 'ieee-p1363' });
    const padded = Buffer.concat([der, Buffer.alloc(raw.length)]).subarray(0, raw.length);
    await bothSay(false, alg, { input, signature: padded });
  });
});

describe('RSA-PSS', () => {
  it.each([
    ['no salt', 0],
    ['a salt longer than the hash', 64],
    ['the longest salt', constants.RSA_PSS_SALTLEN_MAX_SIGN],
  ])(
    'refuses %s: the salt must be as long as the hash (RFC 7518 §3.5)',
    async (_what, saltLength) => {
      const input = Buffer.from('e30.e30');
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      const key = { key: rsa.privateKey, padding, saltLength };
      await bothSay(false, 'PS256', { input, signature: sign('sha256', input, key) });
    },
  );
});

/** The examples in the specifications, with their own keys. */
const VECTORS = [
  {
    source: 'RFC 7515 A.2',
    alg: 'RS256',
    jwk: {
      kty: 'RSA',
      n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
      e: 'AQAB',
    },
    input:
      'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
    signature:
      'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
  },
  {
    source: 'RFC 7515 A.3',
    alg: 'ES256',
    jwk: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    input:
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
    signature:
      'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
  },
  {
    source: 'RFC 8037 A.4',
    alg: 'EdDSA',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    input: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
    signature:
      'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  },
] as const;

describe.each(VECTORS)('the example of $source', ({ alg, jwk, input, signature }) => {
  const signed = { input: Buffer.from(input), signature: Buffer.from(signature, 'base64url') };

  it('is verified', async () => {
    expect(await weAccept(alg, preparedKey(jwk), signed)).toBe(true);
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    expect(await joseAccepts(alg, publicKey, signed)).toBe(true);
  });

  it('is refused with one bit changed, of the input or the signature', async () => {
    for (const part of ['input', 'signature'] as const) {
      const changed = Buffer.from(signed[part]);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      expect(await weAccept(alg, preparedKey(jwk), { ...signed, [part]: changed })).toBe(false);
    }
  });
});
