import { discardBody, readBoundedBody } from '../lib/bounded-body.ts';
import { parseJsonObject } from '../lib/json.ts';
import { systemErrorCode } from '../lib/system-error-code.ts';
import { isKeyFetchError, KeyFetchError } from './key-fetch-error.ts';

/** RFC 7517 §8.5.2. A Kubernetes API server answers 406 where its key set is asked for as JSON alone. */
const ACCEPTED = 'application/jwk-set+json, application/json';

/** Bounds of one request. */
export interface BoundedJsonOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Ends the request; its reason is what `fetchJson` rejects with. */
  readonly signal: AbortSignal;
  /** Largest body, after decompression. */
  readonly maxBytes: number;
}

/** A JSON object from the network, and how long it may be kept. */
export interface JsonResponse {
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/**
 * Fetches one JSON object. Rejects with a {@link KeyFetchError}: `network`, `status` (not 200),
 * `redirect` (never followed), `too_large` (as soon as the bound is passed), `not_json` (not UTF-8,
 * not JSON, not an object, deeper than tokens may be), or with the reason of `signal`.
 *
 * Does not look at `Content-Type`: providers serve key sets under several. A byte-order mark before the
 * text is skipped (RFC 8259 §8.1).
 */
export async function fetchJson(url: string, options: BoundedJsonOptions): Promise<JsonResponse> {
  const { fetch, signal, maxBytes } = options;
  try {
    const response = await fetch(url, {
      headers: { accept: ACCEPTED },
      redirect: 'manual',
      signal,
    });
    const refused = refusal(response, url);
    if (refused !== undefined) {
      // An unread body would hold its connection.
      discardBody(response);
      throw refused;
    }
    const bytes = await readBoundedBody(response, maxBytes);
    if (bytes === undefined) {
      const what = `The response is larger than ${maxBytes} bytes`;
      throw new KeyFetchError('too_large', what, { url });
    }
    const body = parseJsonObject(withoutByteOrderMark(bytes));
    if (body === undefined)
      throw new KeyFetchError('not_json', 'The response is not a JSON object', { url });
    // A response of a test may have none.
    const headers: Headers | undefined = response.headers;
    return { body, headers: typeof headers?.get === 'function' ? headers : new Headers() };
  } catch (cause) {
    if (isKeyFetchError(cause)) throw cause;
    if (signal.aborted) throw signal.reason;
    const code = systemErrorCode(cause);
    const what = code === undefined ? 'The request failed' : `The request failed with ${code}`;
    throw new KeyFetchError('network', what, { url, code, cause });
  }
}

function refusal(response: Response, url: string): KeyFetchError | undefined {
  // A response of a test may have `ok` alone.
  const { type, ok, status = ok ? 200 : 0 } = response;
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    const what = 'The response is a redirect, which is not followed';
    return new KeyFetchError('redirect', what, { url, ...(status >= 300 && { status }) });
  }
  if (status !== 200) {
    return new KeyFetchError('status', `The response has status ${status}`, { url, status });
  }
  return undefined;
}

function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  const isThere = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return isThere ? bytes.subarray(3) : bytes;
}
