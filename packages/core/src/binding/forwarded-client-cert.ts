/** One `name=value` pair at the start of a text. */
const PAIR = /^([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))/;
const SHA256_HEX = /^[0-9a-f]{64}$/i;

/**
 * Reads the thumbprint in Envoy's `X-Forwarded-Client-Cert`: its `Hash`, SHA-256 over the certificate's DER.
 * `undefined` unless the header has exactly one element with exactly one `Hash`:
 * - With several elements, the sender of the request may have written some of them (`APPEND_FORWARD`), and
 *   nothing says which.
 * - Envoy copies names from the certificate without escaping them. A client that made its own certificate may
 *   have put a second `;Hash=…` into such a name.
 */
export function forwardedThumbprint(value: string): string | undefined {
  const hashes = (pairsOf(value) ?? []).filter(([name]) => name === 'hash');
  const [hash, ...others] = hashes;
  if (hash === undefined || others.length > 0) return undefined;
  const [, hex] = hash;
  return SHA256_HEX.test(hex) ? Buffer.from(hex, 'hex').toString('base64url') : undefined;
}

/** The pairs of one element, with names in lower case; `undefined` for several elements or another form. */
function pairsOf(value: string): readonly (readonly [string, string])[] | undefined {
  const pairs: (readonly [string, string])[] = [];
  let rest = value;
  for (;;) {
    const [text = '', name = '', quoted, plain = ''] = PAIR.exec(rest) ?? [];
    if (text === '') return undefined;
    pairs.push([name.toLowerCase(), quoted ?? plain]);
    rest = rest.slice(text.length);
    if (rest === '') return pairs;
    // A comma would begin the next element.
    if (!rest.startsWith(';')) return undefined;
    rest = rest.slice(1);
  }
}
