import { ignoreRejection } from './callback-result.ts';

/**
 * What a `fetch` may answer: Node's response, node-fetch's, whose body is a stream of Node's, and what
 * tests make, which may have `json()` alone.
 */
export interface FetchedResponse {
  readonly body?: unknown;
  json?(): unknown;
}

/**
 * The body of a response, decompressed; `undefined` as soon as it is larger than `maxBytes`. Rejects as
 * the body does. It sets no time limit: the signal of the fetch does. A body that only
 * `json()` gives is measured as the text of its value.
 */
export async function readBoundedBody(
  response: FetchedResponse,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const { body } = response;
  if (body === undefined && response.json !== undefined) {
    const bytes = Buffer.from(JSON.stringify(await response.json()) ?? '');
    return bytes.byteLength > maxBytes ? undefined : bytes;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const iterator = isIterable(body) ? body[Symbol.asyncIterator]() : undefined;
  for (;;) {
    const next = await iterator?.next();
    if (next === undefined || next.done) return Buffer.concat(chunks, length);
    length += next.value.byteLength;
    if (length > maxBytes) {
      // Not awaited: a sender of too much may also be slow to stop.
      ignoreRejection(iterator?.return?.());
      return undefined;
    }
    chunks.push(next.value);
  }
}

/** Cancels a body that nobody will read, so that its connection is freed. */
export function discardBody({ body }: FetchedResponse): void {
  if (typeof body !== 'object' || body === null) return;
  if ('cancel' in body && typeof body.cancel === 'function') ignoreRejection(body.cancel());
  else if ('destroy' in body && typeof body.destroy === 'function') body.destroy();
}

// Both kinds of stream are: Node's `ReadableStream` since Node.js 18.
function isIterable(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
