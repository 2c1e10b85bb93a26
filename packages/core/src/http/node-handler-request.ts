import type { HandlerRequest } from './handler.ts';
import { type NodeRequest, rawHeader } from './node-request.ts';

/** The part of Node's `http.IncomingMessage` that a neutral handler needs. */
export interface NodeHandlerRequest extends NodeRequest, AsyncIterable<Uint8Array> {
  readonly url?: string | undefined;
}

/**
 * A request to a neutral handler, made of Node's request and of what the framework knows: the path below
 * the mount point, and what a body parser has made of the body.
 */
export function nodeHandlerRequest(
  request: NodeHandlerRequest,
  { path, parsedBody }: Pick<HandlerRequest, 'path' | 'parsedBody'>,
): HandlerRequest {
  const { method = 'GET', url = '' } = request;
  const [, ...query] = url.split('?');
  return {
    method,
    path,
    query: query.join('?'),
    header: (name) => rawHeader(request, name),
    parsedBody,
    stream: request,
  };
}
