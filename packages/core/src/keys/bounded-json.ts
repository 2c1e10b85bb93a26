import { discardBody, readBoundedBody } from '../lib/bounded-body.ts';
import { parseJsonObject } from '../lib/json.ts';
import { systemErrorCode } from '../lib/system-error-code.ts';
import { isKeyFetchError, KeyFetchError } from './key-fetch-error.ts';

/** The first type is from RFC 7517 §8.5.2: a Kubernetes API server answers 406 to a request that does not accept it. */
const ACCEPTED = 'application/jwk-set+json, application/json';

/** How one request is made, and its limits. */
export interface BoundedJsonOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Ends the request. `fetchJson` then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Size of the largest accepted body in bytes, after decompression. */
  readonly maxBytes: number;
}

/** A JSON object from the network, with the headers of its response. */
export interface JsonResponse {
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/**
 * Fetches one JSON object. Rejects with the reason of `signal`, or with a {@link KeyFetchError}:
 * - `network`: the request failed;
 * - `status`: the status is not 200;
 * - `redirect`: the response is a redirect, which is never followed;
 * - `too_large`: the body is larger than `maxBytes`;
 * - `not_json`: the body is not UTF-8, not JSON, not an object, or nested too deeply.
 *
 * It does not check `Content-Type`, because providers use several for key sets. A byte-order mark at the start is
 * skipped (RFC 8259 §8.1).
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
      // A body that is not read would keep its connection open.
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
    // The response of a mocked `fetch` may have no headers.
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
  // The response of a mocked `fetch` may have only `ok`, and no status.
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
