import { ignoreRejection } from './callback-result.ts';

/**
 * The response of a `fetch`: Node's own, one of node-fetch (its body is a stream of Node), or one that a test made, which
 * may have only `json()`.
 */
export interface FetchedResponse {
  readonly body?: unknown;
  json?(): unknown;
}

/**
 * Reads the body of a response, after decompression. Gives `undefined` as soon as it is larger than `maxBytes`. Rejects
 * when reading the body fails. It has no time limit of its own: the signal of the fetch ends it. If the response has only
 * `json()`, the value is written as JSON, and that is its body.
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
      // Not awaited: a server that sends too much may also be slow to stop.
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

// Both kinds of stream are iterable: streams of Node, and `ReadableStream` since Node.js 18.
function isIterable(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
