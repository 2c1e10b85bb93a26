const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** An ECDSA signature as OpenSSL reads it (RFC 3279 §2.2.3), from the two halves of a JWS (RFC 7518 §3.4). */
export function derSignature(raw: Buffer): Buffer {
  const half = raw.length / 2;
  const integers = Buffer.concat([
    derInteger(raw.subarray(0, half)),
    derInteger(raw.subarray(half)),
  ]);
  // Shorter than 128 bytes for P-256 and P-384, whose lengths are the ones measured.
  return Buffer.concat([Buffer.from([SEQUENCE, integers.length]), integers]);
}

function derInteger(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(start < 0 ? bytes.length - 1 : start);
  // A leading bit would make it negative.
  const padding = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([
    Buffer.from([INTEGER, digits.length + padding.length, ...padding]),
    digits,
  ]);
}
