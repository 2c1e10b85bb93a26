/** The last characters that leave no stray bits (RFC 4648 §3.5), by the length of the text modulo four. */
const LAST = [undefined, '', 'AQgw', 'AEIMQUYcgkosw048'] as const;

/**
 * V8 answers this at once for text that it stores with one byte for each character, such as text
 * from headers.
 */
const WIDE = /[^\0-\xff]/;

/**
 * Whether `text`, of which Node's decoder has made `decoded` bytes, is strict base64url (RFC 4648 §5): one
 * spelling per byte string, so no padding, no other alphabet, no white space, no stray trailing bits.
 *
 * The decoder drops characters that are not in its alphabet, and then gives fewer bytes than strict
 * text of that length. This function looks for what the decoder accepts all the same: the two
 * characters of base64, stray bits, and characters of which it reads only the lower byte. To encode
 * the bytes again and compare would give the same answer, but costs a new token 0.3 µs more.
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
