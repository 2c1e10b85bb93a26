import { constants, type KeyObject, sign } from 'node:crypto';
import type { Algorithm } from '@authly/core';

/** What goes into a JWS, unchecked: bytes, text, or a value that becomes JSON. */
export type JwsPart = Uint8Array | string | Readonly<Record<string, unknown>>;

/** How to sign, whatever the header says. */
export interface JwsSigner {
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
}

/**
 * A compact JWS (RFC 7515 §7.1) of any header and any payload. The signer decides the algorithm, even if the
 * header names another one. jose refuses to make such tokens, and tests need them.
 */
export function compactJws(header: JwsPart, payload: JwsPart, signer: JwsSigner): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  return `${input}.${signature(Buffer.from(input), signer).toString('base64url')}`;
}

/** A part of a compact JWS: base64url of bytes, of text as UTF-8, or of JSON. */
export function encodePart(part: JwsPart): string {
  const isRaw = typeof part === 'string' || part instanceof Uint8Array;
  return Buffer.from(isRaw ? part : JSON.stringify(part)).toString('base64url');
}

/** RFC 7518 §3.1, RFC 8037 §3.1. */
function signature(input: Buffer, { algorithm, privateKey }: JwsSigner): Buffer {
  if (algorithm === 'EdDSA') return sign(null, input, privateKey);
  const hash = `sha${algorithm.slice(2)}`;
  switch (algorithm.slice(0, 2)) {
    case 'PS':
      return sign(hash, input, {
        key: privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      });
    case 'ES':
      return sign(hash, input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    default:
      return sign(hash, input, privateKey);
  }
}
