import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type HandlerRequest, type HttpHandler, nodeRequestView } from '@authly/core';

/** A server on a free port of the loopback interface. */
export interface LoopbackServer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  /** Begins to answer; a path that the handler does not know gets 404. */
  serve(handler: HttpHandler): void;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

/** Listens on a free port. The handler is set later, because it may need the origin. */
export async function openLoopbackServer(): Promise<LoopbackServer> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    serve(handler) {
      server.on('request', (request, response) => {
        answer(handler, request, response).catch(() => response.writeHead(500).end());
      });
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function answer(
  handler: HttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answered = await handler(handlerRequest(request));
  if (answered === undefined) {
    response.writeHead(404).end();
    return;
  }
  for (const [name, value] of Object.entries(answered.headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  response.writeHead(answered.status).end(answered.body);
}

function handlerRequest(request: IncomingMessage): HandlerRequest {
  const view = nodeRequestView(request, request.url ?? '');
  const [path = '', ...query] = view.url.split('?');
  return {
    method: view.method,
    path,
    query: query.join('?'),
    header: (name) => view.header(name),
    peerAddress: view.peerAddress,
    clientAddress: view.peerAddress,
    peerCertificate: () => view.peerCertificate?.(),
    parsedBody: undefined,
    stream: request,
  };
}
