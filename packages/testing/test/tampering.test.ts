import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { tampered, unsigned } from '../src/tampering.ts';
import { testIssuer } from '../src/test-issuer.ts';

const token = testIssuer().aToken({ scope: 'read:users' });

describe('tampered', () => {
  it('changes claims and keeps header and signature', () => {
    const forged = tampered(token, { scope: 'admin', jti: undefined });
    const { jti: _, ...claims } = decodeJwt(token);
    expect(decodeJwt(forged)).toEqual({ ...claims, scope: 'admin' });
    const [header, , signature] = token.split('.');
    expect(forged.split('.')).toMatchObject([header, expect.any(String), signature]);
  });

  it('changes sub by default', () => {
    expect(decodeJwt(tampered(token)).sub).not.toBe(decodeJwt(token).sub);
  });

  it('throws a TypeError for a text that is no token', () => {
    expect(() => tampered('a.b')).toThrow(TypeError);
  });
});

describe('unsigned', () => {
  it('has alg none and an empty signature', () => {
    const bare = unsigned(token);
    expect(decodeProtectedHeader(bare)).toEqual({ ...decodeProtectedHeader(token), alg: 'none' });
    expect(bare.split('.')).toMatchObject([expect.any(String), token.split('.')[1], '']);
  });
});
