const INTEGER = 0x02;
const SEQUENCE = 0x30;

/**
 * Encodes an ECDSA signature as OpenSSL reads it (RFC 3279 §2.2.3), from the two halves of a JWS signature
 * (RFC 7518 §3.4).
 */
export function derSignature(raw: Buffer): Buffer {
  const half = raw.length / 2;
  const integers = Buffer.concat([
    derInteger(raw.subarray(0, half)),
    derInteger(raw.subarray(half)),
  ]);
  // One byte is enough for the length: P-256 and P-384, which are measured, need fewer than 128 bytes.
  return Buffer.concat([Buffer.from([SEQUENCE, integers.length]), integers]);
}

function derInteger(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(start < 0 ? bytes.length - 1 : start);
  // If the first bit were set, the integer would be negative.
  const padding = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([
    Buffer.from([INTEGER, digits.length + padding.length, ...padding]),
    digits,
  ]);
}
