import { isStrictBase64Url } from './base64url.ts';
import { utf8Text } from './utf8.ts';

/** The upper limit of `token.maxBytes`, so that every token fits. */
export const SCRATCH_BYTES = 65_536;

// One buffer for all tokens: to allocate one for each token takes longer than the work itself. It never contains a
// signature, so the bytes that stay in it are useless to an attacker.
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * Gives the bytes of ASCII text. **They are valid only until the next call** of a function in this file: use them at
 * once, and not after an `await`.
 */
export function asciiView(text: string): Uint8Array {
  if (text.length > SCRATCH_BYTES) return Buffer.from(text, 'latin1');
  return new Uint8Array(scratch.buffer, 0, scratch.write(text, 0, 'latin1'));
}

/**
 * Decodes strict base64url as `decodeBase64Url` does; gives `undefined` also for text that is longer than any token.
 * **The bytes are valid only until the next call** of a function in this file, as those of {@link asciiView}.
 */
export function base64UrlView(text: string): Uint8Array | undefined {
  const length = decodedLength(text);
  return length === undefined ? undefined : new Uint8Array(scratch.buffer, 0, length);
}

/**
 * The text whose UTF-8 strict base64url spells, a byte-order mark included; `undefined` for what is neither, and
 * for what is longer than any token.
 */
export function base64UrlText(text: string): string | undefined {
  const length = decodedLength(text);
  if (length === undefined) return undefined;
  const decoded = scratch.toString('utf8', 0, length);
  // Node puts this character where the bytes are not UTF-8. If it may stand for itself, the slower decoder says.
  if (!decoded.includes('\ufffd')) return decoded;
  return utf8Text(new Uint8Array(scratch.buffer, 0, length));
}

/** Decodes strict base64url to the start of the buffer, and gives the number of bytes. */
function decodedLength(text: string): number | undefined {
  if (text.length > SCRATCH_BYTES) return undefined;
  const length = scratch.write(text, 0, 'base64url');
  return isStrictBase64Url(text, length) ? length : undefined;
}
