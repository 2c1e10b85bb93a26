import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { FormError } from './form-error.ts';
import type { HandlerRequest } from './handler.ts';

/** The parameters of a request body. A parameter without a value is not there (RFC 6749 §3.2). */
export interface Form {
  get(name: string): string | undefined;
  /** All values of a parameter that may be repeated. */
  all(name: string): readonly string[];
}

/** How {@link readForm} reads. */
export interface FormOptions {
  /** Parameters that may occur more than once, such as `resource` (RFC 8707 §2). Default: none. */
  readonly repeatable?: readonly string[] | undefined;
}

const OPTIONS: OptionNames<FormOptions> = { repeatable: true };

/** A form with tokens or assertions in it has a few kilobytes. In bytes. */
export const MAX_FORM_BYTES: number = 64 * 1024;
/** What a client may send in vain beyond that, in bytes, before its connection is closed. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/** RFC 9110 §8.3.1: type/subtype, then parameters; only a charset of UTF-8 means what we do. */
const FORM_TYPE =
  /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?;?$/i;

/**
 * Reads a form from a request, whatever body parser ran before: what a parser made of the body (an
 * object, text or bytes), or else the body itself, of which no more than 64 KiB are kept.
 *
 * Checks: content type and charset, size, UTF-8, and that no parameter occurs twice unless it is
 * `repeatable`. Does not check which parameters there are.
 *
 * @throws FormError for a body that is no such form.
 * @throws Error when the body was read before and nothing of it is left: a fault of the application.
 */
export async function readForm(request: HandlerRequest, options: FormOptions = {}): Promise<Form> {
  const { repeatable = [] } = checkOptions('readForm()', options, OPTIONS);
  const contentType = request.header('content-type');
  if (typeof contentType !== 'string' || !FORM_TYPE.test(contentType)) {
    throw new FormError('content_type_unsupported');
  }
  if (Number(request.header('content-length') ?? 0) > MAX_FORM_BYTES) {
    throw new FormError('body_too_large');
  }
  return toForm(await entriesOf(request), repeatable);
}

type Entries = readonly (readonly [string, string])[];

async function entriesOf({ parsedBody, stream }: HandlerRequest): Promise<Entries> {
  if (parsedBody !== undefined && !isEmpty(parsedBody)) return parsedEntries(parsedBody);
  // A parser whose content type this is not leaves the body unread: Express 5's leave `undefined`
  // behind, those of Express 4 and Koa an empty object.
  if (!wasRead(stream)) return parseText(await readBody(stream));
  // A form parser that read the body and found no parameter: `&` is such a body.
  if (parsedBody !== undefined) throw new FormError('body_malformed');
  throw new Error(
    'The body of this request was read before and nothing of it was kept. Write: app.use(mount(handler)) before whatever reads it, or have a form parser put it on the request',
  );
}

/** Whether somebody else has had bytes of a body: Node's streams say so. */
function wasRead(stream: AsyncIterable<Uint8Array>): boolean {
  return 'readableDidRead' in stream && stream.readableDidRead === true;
}

function isEmpty(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}

async function readBody(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Not for-await: leaving that early destroys the socket, and the client would get no answer.
  const iterator = stream[Symbol.asyncIterator]();
  for (;;) {
    const chunk = await nextChunk(iterator);
    if (chunk === undefined) return joined(chunks, length);
    length += chunk.byteLength;
    if (length > MAX_FORM_BYTES) {
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
 * Reads on and keeps nothing, as Node does with a body that nobody asks for: the next request on the
 * connection comes after it. A body that goes on for too long is broken off, and with it the connection.
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
    // The client broke off.
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
    throw new FormError('body_malformed', { cause }); // The client broke off.
  }
}

/** Parses application/x-www-form-urlencoded bytes or text into names and values. */
function parseText(body: Uint8Array | string): Entries {
  return [...new URLSearchParams(typeof body === 'string' ? body : decodeUtf8(body))];
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormError('body_malformed');
  }
}

/** Names and values of a parsed body: text, bytes, or an object of strings and lists of strings. */
function parsedEntries(body: unknown): Entries {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    if (body.length > MAX_FORM_BYTES) throw new FormError('body_too_large');
    return parseText(body);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new FormError('body_malformed');
  }
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((item) => {
      if (typeof item !== 'string') throw new FormError('body_malformed');
      return [name, item] as const;
    });
  });
}

function toForm(entries: Entries, repeatable: readonly string[]): Form {
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const sameName = values.get(name);
    if (sameName === undefined) values.set(name, [value]);
    else if (repeatable.includes(name)) sameName.push(value);
    else throw new FormError('parameter_repeated');
  }
  const all = (name: string): readonly string[] =>
    (values.get(name) ?? []).filter((value) => value !== '');
  return { get: (name) => all(name)[0], all };
}
