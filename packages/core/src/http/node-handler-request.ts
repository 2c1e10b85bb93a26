import type { HandlerRequest } from './handler.ts';
import { type NodeRequest, nodeRequestView } from './node-request.ts';

/** The part of Node's `http.IncomingMessage` that a neutral handler needs. */
export interface NodeHandlerRequest extends NodeRequest, AsyncIterable<Uint8Array> {
  readonly url?: string | undefined;
}

/** What a framework knows of a request to a neutral handler. */
export interface HandlerRequestParts extends Pick<HandlerRequest, 'path' | 'parsedBody'> {
  /** The framework's own reading of the client's address. Asked only of a request with a socket. */
  readonly clientAddress: () => string | undefined;
}

/**
 * A request to a neutral handler, made of Node's request and of what the framework knows: the path below
 * the mount point, the client's address, and what a body parser has made of the body.
 */
export function nodeHandlerRequest(
  request: NodeHandlerRequest,
  { path, clientAddress, parsedBody }: HandlerRequestParts,
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
    // Frameworks read the socket for it, and a request without a socket has none; '' means unknown.
    clientAddress: request.socket ? clientAddress() || undefined : undefined,
    peerCertificate: () => view.peerCertificate?.(),
    parsedBody,
    stream: request,
  };
}
