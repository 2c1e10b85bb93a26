import { createServer, type RequestListener } from 'node:http';

/** A server on a free port of this machine. */
export interface LoopbackServer {
  readonly origin: string;
  /** Begins to answer. */
  serve(listener: RequestListener): void;
  close(): Promise<void>;
}

/** Takes a port: servers must know their own URLs before they are made. */
export async function openLoopbackServer(): Promise<LoopbackServer> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    serve(listener) {
      server.on('request', listener);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
