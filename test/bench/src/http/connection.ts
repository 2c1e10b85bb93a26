import { once } from 'node:events';
import { connect } from 'node:net';

/** A keep-alive connection that carries one request at a time. */
export interface Connection {
  /** Sends a request that was built beforehand. Resolves with the status of the response. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

/**
 * Opens a connection. It understands only the HTTP/1.1 that our servers answer with: responses with a
 * `Content-Length`. Node's own client would cost more than the servers under test, so it would be what is
 * measured.
 */
export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let answered: ((status: number) => void) | undefined;
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    const bodyStart = received.indexOf('\r\n\r\n') + 4;
    if (bodyStart < 4) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? '0';
    if (received.length < bodyStart + Number(length)) return;
    const status = Number(received.slice(9, 12));
    received = '';
    answered?.(status);
  });
  return {
    send(request) {
      return new Promise((resolve) => {
        answered = resolve;
        socket.write(request);
      });
    },
    close() {
      socket.destroy();
    },
  };
}

/** A GET request with a bearer token, as bytes. */
export function requestBytes(path: string, token: string): Buffer {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    'latin1',
  );
}
