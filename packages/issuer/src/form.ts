import type { HandlerRequest } from '@authly/core';
import { TokenRequestError } from './token-request-error.ts';

/** The parameters of a request body. A parameter without a value is not there (RFC 6749 §3.2). */
export interface Form {
  get(name: string): string | undefined;
  /** All values of a parameter that may be repeated. */
  all(name: string): readonly string[];
}

/** A token request has a few hundred bytes; this leaves room for long assertions. */
export const MAX_FORM_BYTES: number = 64 * 1024;
/** What a client may send in vain beyond that, in bytes, before its connection is closed. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/** RFC 8707 §2 allows it; no other parameter may occur twice (RFC 6749 §3.2). */
const REPEATABLE: ReadonlySet<string> = new Set(['resource']);

/** RFC 9110 §8.3.1: type/subtype, then parameters; only a charset of UTF-8 means what we do. */
const FORM_TYPE =
  /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?;?$/i;

/**
 * Reads a form from a request: what a body parser before us made of it, or else the body itself, of
 * which no more than 64 KiB are kept.
 *
 * Checks: content type and charset, size, UTF-8, and that no parameter but `resource` occurs twice.
 * Does not check which parameters there are.
 *
 * @throws TokenRequestError `invalid_request`.
 */
export async function readForm(request: HandlerRequest): Promise<Form> {
  const contentType = request.header('content-type');
  if (typeof contentType !== 'string' || !FORM_TYPE.test(contentType)) {
    throw new TokenRequestError('content_type_unsupported');
  }
  if (Number(request.header('content-length') ?? 0) > MAX_FORM_BYTES) {
    throw new TokenRequestError('body_too_large');
  }
  const { parsedBody } = request;
  if (parsedBody === undefined || isEmptyObject(parsedBody)) {
    // Some parsers leave an empty object behind when a body was not for them; if one has read it,
    // it has ended and there is nothing more to read.
    return toForm(parseText(await readBody(request.stream)));
  }
  return toForm(entriesOf(parsedBody));
}

async function readBody(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Not for-await: leaving that early destroys the socket, and the client would get no answer.
  const iterator = stream[Symbol.asyncIterator]();
  for (;;) {
    const chunk = await nextChunk(iterator);
    if (chunk === undefined) return Buffer.concat(chunks);
    length += chunk.byteLength;
    if (length > MAX_FORM_BYTES) {
      void discard(iterator);
      throw new TokenRequestError('body_too_large');
    }
    chunks.push(chunk);
  }
}

/**
 * Reads on and keeps nothing, as Node does with a body that nobody asks for: the next request on the
 * connection comes after it. A body that goes on for too long is broken off, and with it the connection.
 */
async function discard(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    for (let length = 0; length <= MAX_DISCARDED_BYTES; ) {
      const chunk = await iterator.next();
      if (chunk.done === true) return;
      length += chunk.value.byteLength;
    }
    await iterator.return?.();
  } catch {
    // The client broke off.
  }
}

async function nextChunk(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const result = await iterator.next();
    return result.done === true ? undefined : result.value;
  } catch (cause) {
    throw new TokenRequestError('body_malformed', { cause }); // The client broke off.
  }
}

/** Parses application/x-www-form-urlencoded bytes or text into names and values. */
function parseText(body: Uint8Array | string): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(typeof body === 'string' ? body : decodeUtf8(body))];
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new TokenRequestError('body_malformed');
  }
}

/** Names and values of a parsed body: text, bytes, or an object of strings and lists of strings. */
function entriesOf(body: unknown): readonly (readonly [string, string])[] {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    if (body.length > MAX_FORM_BYTES) throw new TokenRequestError('body_too_large');
    return parseText(body);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new TokenRequestError('body_malformed');
  }
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((item) => {
      if (typeof item !== 'string') throw new TokenRequestError('body_malformed');
      return [name, item] as const;
    });
  });
}

function toForm(entries: readonly (readonly [string, string])[]): Form {
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const sameName = values.get(name);
    if (sameName === undefined) values.set(name, [value]);
    else if (REPEATABLE.has(name)) sameName.push(value);
    else throw new TokenRequestError('parameter_repeated');
  }
  const all = (name: string): readonly string[] =>
    (values.get(name) ?? []).filter((value) => value !== '');
  return { get: (name) => all(name)[0], all };
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
