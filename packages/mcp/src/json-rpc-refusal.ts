import type { AuthError } from '@authly/core';

/** A JSON-RPC 2.0 error response (§5), as an MCP client shows it to its user. */
export interface JsonRpcRefusal {
  readonly jsonrpc: '2.0';
  /** The id of the request, if it is a whole number or a text of at most 128 characters; else `null`. */
  readonly id: string | number | null;
  readonly error: { readonly code: number; readonly message: string };
}

/** JSON-RPC 2.0 §5.1 leaves -32000 to -32099 to servers. */
const REFUSED = -32001;
/** Characters. No client uses longer ids, and a long one would let the sender choose what we send back. */
const MAX_ID_LENGTH = 128;

/**
 * The body that tells an MCP client why its message was refused, for an answer that keeps the refusal's
 * status and headers: some clients end the session when they get a plain JSON body, and continue after this
 * one. `body` is the refused message, as a parser made it; only its `id` is read. The id is `null` for a batch,
 * and for a body that was not parsed (JSON-RPC 2.0 §5).
 *
 * `authorizeTool` uses it. Use it yourself where the application answers refusals:
 *
 * ```ts
 * response.status(error.status).set(error.headers).json(jsonRpcRefusal(request.body, error));
 * ```
 */
export function jsonRpcRefusal(body: unknown, { message }: AuthError): JsonRpcRefusal {
  return { jsonrpc: '2.0', id: idOf(body), error: { code: REFUSED, message } };
}

function idOf(body: unknown): JsonRpcRefusal['id'] {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'id')) return null;
  const id: unknown = Reflect.get(body, 'id');
  if (typeof id === 'string') return id.length <= MAX_ID_LENGTH ? id : null;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}
