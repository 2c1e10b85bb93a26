import type { HandlerRequest } from '../../src/http/handler.ts';

export const FORM_TYPE = 'application/x-www-form-urlencoded';

export interface FormRequestParts {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly parsedBody?: unknown;
  readonly body?: string | Uint8Array;
}

/** A request to a neutral handler that posts a form. */
export function aFormRequest(parts: FormRequestParts = {}): HandlerRequest {
  const headers: Readonly<Record<string, string | readonly string[]>> = {
    'content-type': FORM_TYPE,
    ...parts.headers,
  };
  return {
    method: 'POST',
    path: '/token',
    query: '',
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    peerAddress: undefined,
    clientAddress: undefined,
    peerCertificate: () => undefined,
    parsedBody: parts.parsedBody,
    stream: chunks(Buffer.from(parts.body ?? '')),
  };
}

/** Bytes in pieces, as they come from a socket. */
export async function* chunks(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
