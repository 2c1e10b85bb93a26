import type { Form } from '@authly/core';
import type { ClientCredentials } from './client-authentication.ts';
import { TokenRequestError } from './token-request-error.ts';

/** One scheme, one space, padded base64 (RFC 7617 §2, RFC 4648 §4). */
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * The client credentials of a token request (RFC 6749 §2.3.1): from `Authorization: Basic`, or from
 * `client_id` and `client_secret` in the body. Nothing is verified yet.
 *
 * A `client_id` in the body beside Basic does not count as a second method if it names the same client.
 *
 * @throws TokenRequestError when there are none, more than one, or malformed ones.
 */
export function requestCredentials(
  authorization: string | readonly string[] | undefined,
  form: Form,
): ClientCredentials {
  const bodyId = form.get('client_id');
  const bodySecret = form.get('client_secret');
  const hasAssertion =
    form.get('client_assertion') !== undefined || form.get('client_assertion_type') !== undefined;
  const methods = [authorization !== undefined, bodySecret !== undefined, hasAssertion];
  // RFC 6749 §2.3: never more than one method in a request.
  if (typeof authorization === 'object' || methods.filter(Boolean).length > 1) {
    throw new TokenRequestError('authentication_repeated');
  }
  if (authorization !== undefined) {
    const credentials = basicCredentials(authorization);
    if (bodyId !== undefined && bodyId !== credentials.clientId) {
      throw new TokenRequestError('client_id_mismatch');
    }
    return credentials;
  }
  if (hasAssertion) throw new TokenRequestError('method_unsupported');
  if (bodyId === undefined || bodySecret === undefined) {
    throw new TokenRequestError('credentials_missing');
  }
  return { clientId: bodyId, clientSecret: bodySecret, method: 'client_secret_post' };
}

/**
 * Decodes `Authorization: Basic` as OAuth encodes it: base64 of `<id>:<secret>`, split at the first
 * colon, then each part form-decoded (RFC 6749 §2.3.1 and Appendix B). Plain HTTP Basic has no form-decoding.
 * So a secret with a `+` or `%` fails if the client did not encode it.
 */
function basicCredentials(authorization: string): ClientCredentials {
  if (!/^basic(?: |$)/i.test(authorization)) throw new TokenRequestError('method_unsupported');
  const encoded = BASIC.exec(authorization)?.[1];
  const decoded = encoded === undefined ? undefined : decodeBase64(encoded);
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded === undefined || colon < 0) throw new TokenRequestError('credentials_malformed');
  return {
    clientId: formDecode(decoded.slice(0, colon)),
    clientSecret: formDecode(decoded.slice(colon + 1)),
    method: 'client_secret_basic',
  };
}

function decodeBase64(encoded: string): string | undefined {
  const bytes = Buffer.from(encoded, 'base64');
  // Buffer accepts wrong padding and stray bits, so compare with the canonical form.
  if (bytes.toString('base64') !== encoded) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function formDecode(part: string): string {
  try {
    // Unlike URLSearchParams, which lets malformed escapes stand and replaces malformed UTF-8.
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    throw new TokenRequestError('credentials_malformed');
  }
}
