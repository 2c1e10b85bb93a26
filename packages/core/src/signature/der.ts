const SEQUENCE = 0x30;
const INTEGER = 0x02;
/** Precedes a length over 127; no signature here needs a longer form. */
const LONG_LENGTH = 0x81;
const SIGN_BIT = 0x80;

/**
 * Turns an ECDSA signature of a JWS, r and s side by side (RFC 7518 §3.4), into the DER that OpenSSL
 * takes (RFC 3279 §2.2.3). It does not check that r and s are in range; OpenSSL does.
 *
 * `crypto.verify` does the same with `dsaEncoding: 'ieee-p1363'`, but takes 0.5 µs longer on Node 20 and 22, and 22 µs
 * longer on Node 24, which is half of the whole verification.
 */
export function derSignature(raw: Uint8Array): Uint8Array {
  const half = raw.byteLength / 2;
  const r = integerIn(raw, 0, half);
  const s = integerIn(raw, half, raw.byteLength);
  const length = encodedLength(r) + encodedLength(s);
  const der = Buffer.allocUnsafe((length > 127 ? 3 : 2) + length);
  let at = 0;
  der[at++] = SEQUENCE;
  if (length > 127) der[at++] = LONG_LENGTH;
  der[at++] = length;
  at = writeInteger(der, at, raw, r);
  writeInteger(der, at, raw, s);
  return der;
}

/** Index of the first byte of a number that DER keeps: leading zeros are dropped. */
interface Digits {
  readonly start: number;
  readonly end: number;
  /** A number whose first bit is set gets a zero byte in front; DER would read it as negative. */
  readonly padding: 0 | 1;
}

function integerIn(raw: Uint8Array, from: number, end: number): Digits {
  let start = from;
  while (start < end - 1 && raw[start] === 0) start++;
  return { start, end, padding: (raw[start] as number) >= SIGN_BIT ? 1 : 0 };
}

function encodedLength({ start, end, padding }: Digits): number {
  return 2 + padding + end - start;
}

/** Copies byte by byte: for so few bytes, `set` with a view of the array is slower. */
function writeInteger(
  der: Uint8Array,
  at: number,
  raw: Uint8Array,
  { start, end, padding }: Digits,
): number {
  let next = at;
  der[next++] = INTEGER;
  der[next++] = padding + end - start;
  if (padding === 1) der[next++] = 0;
  for (let index = start; index < end; index++) der[next++] = raw[index] as number;
  return next;
}
