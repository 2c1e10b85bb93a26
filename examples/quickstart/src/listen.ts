import { createServer, type RequestListener } from 'node:http';

/** A server on a loopback port that the system chose. */
export interface Listening {
  /** Its origin, without a slash at the end. */
  readonly url: string;
  /** Who answers. Set it before the first request. */
  serve(listener: RequestListener): void;
  close(): Promise<void>;
}

/** Starts to listen first and learns what to serve later: an issuer must know its own URL. */
export async function listen(): Promise<Listening> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    serve: (listener) => server.on('request', listener),
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
