import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A port that forwards to another one, as an address does that stays the same after a failover. */
export interface Relay {
  readonly port: number;
  /** Ends the open connections. Later ones are forwarded to this port. */
  lead(port: number): void;
  /**
   * Still forwards data of clients, but drops the next answer of the server and ends its
   * connection.
   */
  loseNextReply(): void;
  /** The number of lost answers. */
  readonly lost: number;
  close(): void;
}

export async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let port = target;
  let isLosing = false;
  let lost = 0;

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      if (!isLosing) {
        client.write(chunk);
        return;
      }
      isLosing = false;
      lost += 1;
      end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    lead(next) {
      port = next;
      cut();
    },
    loseNextReply() {
      isLosing = true;
    },
    get lost() {
      return lost;
    },
    close() {
      cut();
      server.close();
    },
  };
}
