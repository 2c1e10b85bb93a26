/** The last characters that leave no stray bits (RFC 4648 §3.5), by the length of the text modulo four. */
const LAST = [undefined, '', 'AQgw', 'AEIMQUYcgkosw048'] as const;

/** V8 answers this at once for text whose characters take one byte each, as those of headers do. */
const WIDE = /[^\0-\xff]/;

/**
 * Whether `text`, of which Node's decoder has made `decoded` bytes, is strict base64url (RFC 4648 §5): one
 * spelling per byte string, so no padding, no other alphabet, no white space, no stray trailing bits.
 *
 * The decoder drops what is not of its alphabet, so that fewer bytes come of it than of strict text. What it lets
 * pass is looked for here: the two characters of base64, stray bits, and characters of which it sees the lower half
 * alone. To encode the bytes again and compare says the same, and costs a new token 0.3 µs more.
 */
export function isStrictBase64Url(text: string, decoded: number): boolean {
  const { length } = text;
  const last = LAST[length & 3];
  return (
    decoded === (length * 3) >>> 2 &&
    (last === undefined || last.includes(text.charAt(length - 1))) &&
    !text.includes('+') &&
    !text.includes('/') &&
    !WIDE.test(text)
  );
}
