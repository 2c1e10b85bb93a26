import type { HandlerRequest, HandlerResponse, HttpHandler } from '@authly/core';
import { generateSigningKey } from '../src/signing-key.ts';

/** One key for all tests of a file: ES256 is made at once. */
export const signingKey = await generateSigningKey('ES256');

/** A clock that stands still. */
export const NOW_SEC = 1_900_000_000;
export const clock = { now: () => NOW_SEC * 1000 + 321 };

export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly parsedBody?: unknown;
  readonly body?: string | Uint8Array;
}

/** A request to a neutral handler; by default a form, posted to the token endpoint. */
export function aRequest(parts: RequestParts = {}): HandlerRequest {
  const headers: Readonly<Record<string, string | readonly string[]>> = {
    'content-type': 'application/x-www-form-urlencoded',
    ...parts.headers,
  };
  return {
    method: parts.method ?? 'POST',
    path: parts.path ?? '/token',
    query: parts.query ?? '',
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    peerAddress: '192.0.2.1',
    clientAddress: '192.0.2.1',
    peerCertificate: () => undefined,
    parsedBody: parts.parsedBody,
    stream: chunks(Buffer.from(parts.body ?? '')),
  };
}

/** Bytes in pieces, as they come from a socket. */
async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = 1000;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The answer of the handler. Fails if the handler does not serve the path. */
export async function answerOf(
  handler: HttpHandler,
  parts: RequestParts = {},
): Promise<HandlerResponse> {
  const response = await handler(aRequest(parts));
  if (response === undefined) throw new Error('The handler let the request pass');
  return response;
}

/** The body of an answer as JSON. */
export function jsonOf(response: HandlerResponse): unknown {
  return response.body === undefined ? undefined : JSON.parse(response.body);
}

/** The error with which the promise rejects. Fails if it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not reject');
}

/** The error that the function throws. Fails if it throws none. */
export function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw');
}

/** A value as a caller without types would pass it. */
export function untyped<Type>(value: unknown): Type {
  return value as Type;
}
