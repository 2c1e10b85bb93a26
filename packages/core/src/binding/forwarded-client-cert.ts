/** A pair at the beginning of the rest of an element. */
const PAIR = /^([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;]*))/;
const SHA256_HEX = /^[0-9a-f]{64}$/i;

/**
 * The thumbprint that Envoy's `X-Forwarded-Client-Cert` states: `Hash`, SHA-256 over the certificate's DER.
 * Of exactly one element: with several, whoever sent the request to the proxy wrote some of them
 * (`APPEND_FORWARD`), and nothing says which. Of exactly one `Hash`: Envoy writes names of the certificate
 * as they are, and a client that made its certificate itself may have put another `;Hash=…` into one.
 */
export function forwardedThumbprint(value: string): string | undefined {
  const hashes = (pairsOf(value) ?? []).filter(([name]) => name === 'hash');
  const [hash, ...others] = hashes;
  if (hash === undefined || others.length > 0) return undefined;
  const [, hex] = hash;
  return SHA256_HEX.test(hex) ? Buffer.from(hex, 'hex').toString('base64url') : undefined;
}

/** Names, in lower case, and values of one element; `undefined` for several, and for what is none. */
function pairsOf(value: string): readonly (readonly [string, string])[] | undefined {
  const pairs: (readonly [string, string])[] = [];
  let rest = value;
  for (;;) {
    const [text = '', name = '', quoted, plain = ''] = PAIR.exec(rest) ?? [];
    if (text === '') return undefined;
    pairs.push([name.toLowerCase(), quoted ?? plain]);
    rest = rest.slice(text.length);
    if (rest === '') return pairs;
    // Not a comma either: that would be the next element.
    if (!rest.startsWith(';')) return undefined;
    rest = rest.slice(1);
  }
}
