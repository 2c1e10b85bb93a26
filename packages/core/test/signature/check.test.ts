import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign, compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { prepareKey } from '../../src/keys/prepare-key.ts';
import type { VerificationKey } from '../../src/signature/verification-key.ts';
import {
  ALGORITHMS,
  type Algorithm,
  algorithmOf,
  DEFAULT_ALGORITHMS,
} from '../../src/token/algorithms.ts';
import { aKeyPair, type KeyPair } from '../tokens.ts';
import { verifySignature } from '../verify-signature.ts';

// One pair for all RSA algorithms, since making one is slow.
const rsa = aKeyPair('RS256');
const otherRsa = aKeyPair('RS256');
const pairs: Readonly<Record<Algorithm, KeyPair>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: aKeyPair('ES256'),
  ES384: aKeyPair('ES384'),
  ES512: aKeyPair('ES512'),
  EdDSA: aKeyPair('EdDSA'),
};

const ORDERS: Readonly<Record<string, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384:
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512:
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
};

const CURVE_ALGORITHMS = ['ES256', 'ES384', 'ES512'] as const;

function jwkOf({ publicKey }: { readonly publicKey: KeyObject }): Record<string, unknown> {
  return publicKey.export({ format: 'jwk' }) as Record<string, unknown>;
}

function keyFor(alg: Algorithm, pair: KeyPair = pairs[alg]): VerificationKey {
  return prepared({ ...jwkOf(pair), alg });
}

function prepared(jwk: object, uses?: readonly string[]): VerificationKey {
  const key = prepareKey(jwk, uses);
  return typeof key === 'string' ? expect.unreachable(`unfit: ${key}`) : key;
}

interface Signed {
  readonly input: Buffer;
  readonly signature: Buffer;
}

async function joseSigns(alg: string, { privateKey }: KeyPair, text: string): Promise<Signed> {
  const jws = await new CompactSign(Buffer.from(text)).setProtectedHeader({ alg }).sign(privateKey);
  const end = jws.lastIndexOf('.');
  return {
    input: Buffer.from(jws.slice(0, end)),
    signature: Buffer.from(jws.slice(end + 1), 'base64url'),
  };
}

async function joseAccepts(
  alg: string,
  { publicKey }: KeyPair,
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

/** Fails unless both give this answer. */
async function bothSay(expected: boolean, alg: Algorithm, signed: Signed): Promise<void> {
  const ours = await weAccept(alg, keyFor(alg), signed);
  const theirs = await joseAccepts(alg, pairs[alg], signed);
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
  it('accepts what jose signs, and so does jose', async () => {
    await bothSay(true, alg, await joseSigns(alg, pairs[alg], 'ten green bottles'));
  });

  it('refuses another input, another key, and any changed byte', async () => {
    const signed = await joseSigns(alg, pairs[alg], 'ten green bottles');
    await bothSay(false, alg, { ...signed, input: Buffer.from(`${signed.input.toString()}A`) });
    await bothSay(false, alg, { ...signed, input: Buffer.from('e30.e30') });
    const other = alg.startsWith('RS') || alg.startsWith('PS') ? otherRsa : aKeyPair(alg);
    expect(await weAccept(alg, keyFor(alg, other), signed)).toBe(false);
    for (const index of [0, signed.signature.length >> 1, signed.signature.length - 1]) {
      const signature = Buffer.from(signed.signature);
      signature[index] = (signature[index] ?? 0) ^ 1;
      await bothSay(false, alg, { ...signed, signature });
    }
  });

  it('refuses every wrong length', async () => {
    const signed = await joseSigns(alg, pairs[alg], 'ten green bottles');
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

  it('refuses bytes at random of the right length', async () => {
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

  it('is not satisfied by a signature of any other algorithm, whatever the key could do', async () => {
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

  it('excludes zero, the order, and what lies beyond', async () => {
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
      // Congruent to the right s, where there is room for it.
      [r, s + order > largest ? largest : s + order],
      [s, r],
    ] as const) {
      const forged = Buffer.concat([bigEndian(badR, size), bigEndian(badS, size)]);
      await bothSay(false, alg, { input, signature: forged });
    }
  });

  it('includes the negated s, as ECDSA does: a signature is no name for a token', async () => {
    const { input, signature } = await joseSigns(alg, pairs[alg], 'ten green bottles');
    const [r, s] = halves(signature);
    const size = signature.length / 2;
    const twin = Buffer.concat([bigEndian(r, size), bigEndian(order - s, size)]);
    await bothSay(true, alg, { input, signature: twin });
  });

  it('refuses DER in the place of the raw form', async () => {
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
  ])('refuses %s: its length is that of the hash (RFC 7518 §3.5)', async (_what, saltLength) => {
    const input = Buffer.from('e30.e30');
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const key = { key: rsa.privateKey, padding, saltLength };
    await bothSay(false, 'PS256', { input, signature: sign('sha256', input, key) });
  });
});

describe('algorithmOf', () => {
  it('knows the ten algorithms by exact name, and Ed25519 for EdDSA', () => {
    expect(ALGORITHMS).toHaveLength(10);
    for (const name of ALGORITHMS) expect(algorithmOf(name)).toBe(name);
    expect(algorithmOf('Ed25519')).toBe('EdDSA');
    expect(DEFAULT_ALGORITHMS).toEqual(['RS256', 'PS256', 'ES256', 'EdDSA']);
  });

  it.each([
    ['none'],
    ['HS256'],
    ['rs256'],
    ['RS256 '],
    [''],
    ['__proto__'],
    ['toString'],
    [undefined],
    [null],
    [256],
    [['RS256']],
    [{ toString: () => 'RS256' }],
  ])('knows nothing of %o', (alg) => {
    expect(algorithmOf(alg)).toBeUndefined();
  });
});

describe('prepareKey', () => {
  const rsaJwk = jwkOf(rsa);
  const ecJwk = jwkOf(pairs.ES256);
  const edJwk = jwkOf(pairs.EdDSA);

  it.each([
    ['RSA', rsaJwk, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], 256],
    ['P-256', ecJwk, ['ES256'], 64],
    ['P-384', jwkOf(pairs.ES384), ['ES384'], 96],
    ['P-521', jwkOf(pairs.ES512), ['ES512'], 132],
    ['Ed25519', edJwk, ['EdDSA'], 64],
  ])('lets a key of %s serve what fits it', (_what, jwk, algorithms, signatureBytes) => {
    expect(prepared(jwk)).toMatchObject({ kid: undefined, algorithms, signatureBytes });
  });

  it('lets the key’s own alg narrow that to one', () => {
    expect(prepared({ ...rsaJwk, alg: 'PS384' }).algorithms).toEqual(['PS384']);
    expect(prepared({ ...edJwk, alg: 'Ed25519' }).algorithms).toEqual(['EdDSA']);
    expect(prepared({ ...edJwk, alg: 'EdDSA' }).algorithms).toEqual(['EdDSA']);
  });

  it('keeps kid and issuer, ignores certificates and what it does not know', () => {
    const more = {
      kid: 'k',
      issuer: 'https://as',
      x5c: ['junk'],
      x5t: 'x',
      x5u: 'https://x',
      n0: 1,
    };
    const key = prepared({ ...ecJwk, ...more });
    expect(key).toMatchObject({ kid: 'k', issuer: 'https://as' });
    expect(Object.isFrozen(key)).toBe(true);
    expect(Object.isFrozen(key.algorithms)).toBe(true);
    expect(key.keyObject.type).toBe('public');
  });

  it('gives equal material to equal keys alone, whatever else they say', () => {
    const { material } = prepared(ecJwk);
    expect(prepared({ ...ecJwk, kid: 'other', alg: 'ES256' }).material).toBe(material);
    expect(prepared(jwkOf(aKeyPair('ES256'))).material).not.toBe(material);
  });

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const large = Buffer.alloc(1025, 0xff).toString('base64url');
  it.each([
    ['text', 'key', 'malformed'],
    ['null', null, 'malformed'],
    ['a list', [ecJwk], 'malformed'],
    ['nothing in it', {}, 'key_type'],
    ['another kty', { ...ecJwk, kty: 'ec' }, 'key_type'],
    ['kty of another type', { ...ecJwk, kty: ['EC'] }, 'key_type'],
    ['kid of another type', { ...ecJwk, kid: 7 }, 'malformed'],
    ['alg of another type', { ...ecJwk, alg: ['ES256'] }, 'malformed'],
    ['an algorithm of another curve', { ...ecJwk, alg: 'ES384' }, 'key_type'],
    ['an algorithm of another type', { ...ecJwk, alg: 'RS256' }, 'key_type'],
    ['an algorithm for encryption', { ...rsaJwk, alg: 'RSA-OAEP' }, 'use'],
    ['alg HS256', { ...rsaJwk, alg: 'HS256' }, 'key_type'],
    ['secp256k1', { ...ecJwk, crv: 'secp256k1' }, 'key_type'],
    ['X25519', { ...edJwk, crv: 'X25519' }, 'use'],
    ['Ed448', jwkOf(generateKeyPairSync('ed448')), 'key_type'],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }, 'symmetric'],
    ['a secret beside a public key', { ...ecJwk, k: 'c2VjcmV0' }, 'symmetric'],
    ['a private RSA key', rsa.privateKey.export({ format: 'jwk' }), 'private'],
    ['a private curve key', pairs.ES256.privateKey.export({ format: 'jwk' }), 'private'],
    ['a private Ed25519 key', pairs.EdDSA.privateKey.export({ format: 'jwk' }), 'private'],
    ['a prime of the modulus', { ...rsaJwk, p: 'AQAB' }, 'private'],
    ['use: enc', { ...ecJwk, use: 'enc' }, 'use'],
    ['use of another type', { ...ecJwk, use: ['sig'] }, 'use'],
    ['key_ops without verify', { ...ecJwk, key_ops: ['sign'] }, 'key_ops'],
    ['key_ops as text', { ...ecJwk, key_ops: 'verify' }, 'key_ops'],
    ['RSA of 1024 bits', jwkOf(small), 'too_small'],
    ['RSA of 8200 bits', { ...rsaJwk, n: large }, 'key_type'],
    ['an exponent of 1', { ...rsaJwk, e: 'AQ' }, 'malformed'],
    ['an exponent of 0', { ...rsaJwk, e: 'AA' }, 'malformed'],
    ['an exponent of 2', { ...rsaJwk, e: 'Ag' }, 'malformed'],
    ['an exponent of 257 bits', { ...rsaJwk, e: exponent(257) }, 'malformed'],
    ['an exponent of 64 KB', { ...rsaJwk, e: exponent(65_536 * 8) }, 'malformed'],
    ['no modulus', { kty: 'RSA', e: 'AQAB' }, 'malformed'],
    ['a modulus of another type', { ...rsaJwk, n: 7 }, 'malformed'],
    ['a point off the curve', { ...ecJwk, y: ecJwk['x'] }, 'malformed'],
    ['a point of another curve', { ...jwkOf(pairs.ES384), crv: 'P-256' }, 'malformed'],
    ['half a point', { kty: 'EC', crv: 'P-256', x: ecJwk['x'] }, 'malformed'],
    ['a short Ed25519 key', { ...edJwk, x: 'AAAA' }, 'malformed'],
  ])('finds %s unfit', (_what, jwk, cause) => {
    expect(prepareKey(jwk)).toBe(cause);
  });

  it('accepts use and key_ops that speak of signatures, and the configured uses', () => {
    const fit = { ...ecJwk, use: 'sig', key_ops: ['verify', 'sign'] };
    expect(prepared(fit).algorithms).toEqual(['ES256']);
    expect(prepared({ ...ecJwk, use: 'jwt-svid' }, ['jwt-svid']).algorithms).toEqual(['ES256']);
    expect(prepareKey(fit, ['jwt-svid'])).toBe('use');
  });

  it('never throws, whatever a set holds', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('EC', 'RSA', 'OKP', 'P-256', 'AQAB'));
    const members = ['kty', 'crv', 'x', 'y', 'n', 'e', 'alg', 'use', 'kid', 'key_ops'];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...members), value), (jwk) => {
        expect(prepareKey(jwk)).toBeTypeOf('string');
      }),
    );
  });
});

/** The worked examples of the specifications, with their own keys. */
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

  it('verifies', async () => {
    expect(await weAccept(alg, prepared(jwk), signed)).toBe(true);
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    expect(await joseAccepts(alg, { ...pairs[alg], publicKey }, signed)).toBe(true);
  });

  it('does not verify with one bit changed, of the input or the signature', async () => {
    for (const part of ['input', 'signature'] as const) {
      const changed = Buffer.from(signed[part]);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      expect(await weAccept(alg, prepared(jwk), { ...signed, [part]: changed })).toBe(false);
    }
  });
});

/** The greatest odd number of so many bits, as a JWK holds it. */
function exponent(bits: number): string {
  return bigEndian((1n << BigInt(bits)) - 1n, Math.ceil(bits / 8)).toString('base64url');
}

describe('keys at the edge of fitness', () => {
  it('an exponent of 3 is the least that is taken (RFC 8017 §3.1)', () => {
    const three = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    expect(prepared(jwkOf(three)).algorithms).toContain('RS256');
  });

  it.each(['RS256', 'PS256', 'PS384', 'PS512'] as const)(
    'an exponent of 256 bits is the most that is taken: of %s nothing throws',
    (alg) => {
      const key = prepared({ ...jwkOf(rsa), e: exponent(256) });
      expect(verifySignature(alg, key, 'e30.e30', Buffer.alloc(256, 1))).toBe(false);
    },
  );

  it('8192 bits are the most that is taken', () => {
    const n = Buffer.alloc(1024, 0xff).toString('base64url');
    expect(prepared({ ...jwkOf(rsa), n }).signatureBytes).toBe(1024);
  });

  it('a symmetric key is one, with or without its secret', () => {
    expect(prepareKey({ kty: 'oct' })).toBe('symmetric');
  });

  it('a stray curve does not make an RSA key unfit', () => {
    expect(prepared({ ...jwkOf(rsa), crv: 'P-256' }).algorithms).toContain('PS256');
  });

  it('an issuer that is no text binds a key to nobody', () => {
    expect(prepared({ ...jwkOf(rsa), issuer: 7 }).issuer).toBeUndefined();
  });
});
