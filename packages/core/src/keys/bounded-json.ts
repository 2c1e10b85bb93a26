import { ignoreRejection } from '../lib/callback-result.ts';
import { parseJsonObject } from '../lib/json.ts';
import { isKeyFetchError, KeyFetchError } from './key-fetch-error.ts';

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
 * Does not look at `Content-Type`: providers serve key sets under several.
 */
export async function fetchJson(url: string, options: BoundedJsonOptions): Promise<JsonResponse> {
  const { fetch, signal, maxBytes } = options;
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal,
    });
    const refused = refusal(response);
    if (refused !== undefined) {
      // An unread body would hold its connection.
      ignoreRejection(response.body?.cancel());
      throw refused;
    }
    const body = parseJsonObject(await readBody(response, maxBytes));
    if (body === undefined)
      throw new KeyFetchError('not_json', 'The response is not a JSON object');
    return { body, headers: response.headers };
  } catch (cause) {
    if (isKeyFetchError(cause)) throw cause;
    if (signal.aborted) throw signal.reason;
    throw new KeyFetchError('network', 'The request failed', { cause });
  }
}

function refusal(response: Response): KeyFetchError | undefined {
  const { status, type } = response;
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    return new KeyFetchError('redirect', 'The response is a redirect, which is not followed');
  }
  if (status !== 200) {
    return new KeyFetchError('status', `The response has status ${status}`, { status });
  }
  return undefined;
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) return Buffer.concat(chunks, length);
    length += next.value.byteLength;
    if (length > maxBytes) {
      // Not awaited: whoever sends too much may also be slow to stop.
      ignoreRejection(reader?.cancel());
      throw new KeyFetchError('too_large', `The response is larger than ${maxBytes} bytes`);
    }
    chunks.push(next.value);
  }
}
