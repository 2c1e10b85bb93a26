import { FormError } from './form-error.ts';
import type { HandlerRequest } from './handler.ts';

/** A form, an event or a logout token has a few kilobytes. In bytes. */
export const MAX_BODY_BYTES: number = 64 * 1024;
/** How much more a client may send, in bytes, before its connection is closed. It is read and thrown away. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/**
 * The body of a request as text, whichever body parser ran before: from the text or the bytes that a parser
 * kept, or else from the body itself. At most 64 KiB are read. For handlers of your own, as `readForm` is.
 *
 * Checks: size, and UTF-8. Does not check the content type, nor what the text says.
 *
 * @throws FormError for a body that is too large, is not UTF-8, ended too early, or that a parser has turned
 *   into something else.
 * @throws Error when the body was read before and nothing of it is left: a fault of the application.
 */
export async function readBody(request: HandlerRequest): Promise<string> {
  checkAnnouncedLength(request);
  const { parsedBody, stream } = request;
  if (typeof parsedBody === 'string' || parsedBody instanceof Uint8Array) {
    if (parsedBody.length > MAX_BODY_BYTES) throw new FormError('body_too_large');
    return typeof parsedBody === 'string' ? parsedBody : decodeUtf8(parsedBody);
  }
  if (parsedBody !== undefined && !isEmptyBody(parsedBody)) throw new FormError('body_malformed');
  // A parser for another content type leaves the body unread. What it sets instead: `undefined` in Express 5, an
  // empty object in Express 4 and Koa.
  if (!wasRead(stream)) return decodeUtf8(await readBytes(stream));
  // A parser has read the body and found nothing in it, as in the form `&`.
  if (parsedBody !== undefined) throw new FormError('body_malformed');
  throw new Error(
    'The body of this request was read before and nothing of it was kept. Write: app.use(mount(handler)) before whatever reads it, or have a form parser put it on the request',
  );
}

/** Refuses a body whose `Content-Length` is too large, before any of it is read. */
export function checkAnnouncedLength(request: HandlerRequest): void {
  if (Number(request.header('content-length') ?? 0) > MAX_BODY_BYTES) {
    throw new FormError('body_too_large');
  }
}

/** Whether a parsed body is the empty object that parsers leave behind. */
export function isEmptyBody(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}

/** Whether other code has read from the body already. Node's streams tell. */
function wasRead(stream: AsyncIterable<Uint8Array>): boolean {
  return 'readableDidRead' in stream && stream.readableDidRead === true;
}

async function readBytes(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Not for-await: leaving that early destroys the socket, and the client would get no answer.
  const iterator = stream[Symbol.asyncIterator]();
  for (;;) {
    const chunk = await nextChunk(iterator);
    if (chunk === undefined) return joined(chunks, length);
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) {
      void discard(iterator);
      throw new FormError('body_too_large');
    }
    chunks.push(chunk);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/**
 * Reads the rest and keeps nothing, as Node does with a body that nobody reads, because the next request on the
 * connection comes after it. For a body that is too long the connection is closed.
 */
async function discard(iterator: AsyncIterator<Uint8Array | string>): Promise<void> {
  try {
    for (let length = 0; length <= MAX_DISCARDED_BYTES; ) {
      const chunk = await iterator.next();
      if (chunk.done === true) return;
      length += chunk.value.length;
    }
    await iterator.return?.();
  } catch {
    // The client closed the connection.
  }
}

async function nextChunk(
  iterator: AsyncIterator<Uint8Array | string>,
): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await iterator.next();
    if (done === true) return undefined;
    // Text, where a middleware has called `setEncoding`.
    return typeof value === 'string' ? new TextEncoder().encode(value) : value;
  } catch (cause) {
    throw new FormError('body_malformed', { cause }); // The client closed the connection.
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormError('body_malformed');
  }
}
