import type { HandlerRequest } from './handler.ts';
import { type NodeRequest, nodeRequestView } from './node-request.ts';

/** The part of Node's `http.IncomingMessage` that a neutral handler needs. */
export interface NodeHandlerRequest extends NodeRequest, AsyncIterable<Uint8Array> {
  readonly url?: string | undefined;
}

/**
 * A request to a neutral handler, made of Node's request and of what the framework knows: the path below
 * the mount point, the client's address, and what a body parser has made of the body.
 */
export function nodeHandlerRequest(
  request: NodeHandlerRequest,
  {
    path,
    clientAddress,
    parsedBody,
  }: Pick<HandlerRequest, 'path' | 'clientAddress' | 'parsedBody'>,
): HandlerRequest {
  const { url = '' } = request;
  const [, ...query] = url.split('?');
  const view = nodeRequestView(request, url);
  return {
    method: view.method,
    path,
    query: query.join('?'),
    header: (name) => view.header(name),
    peerAddress: view.peerAddress,
    clientAddress,
    peerCertificate: () => view.peerCertificate?.(),
    parsedBody,
    stream: request,
  };
}
