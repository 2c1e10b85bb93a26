import { ignoreRejection } from './callback-result.ts';

/**
 * The body of a response, decompressed; `undefined` as soon as it is larger than `maxBytes`. Rejects as
 * the body does. It bounds no time: the signal that the response was fetched with does.
 */
export async function readBoundedBody(
  response: Response,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
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
      return undefined;
    }
    chunks.push(next.value);
  }
}
