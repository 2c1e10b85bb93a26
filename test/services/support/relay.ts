import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A port that leads to another one, as an address that survives a failover does. */
export interface Relay {
  readonly port: number;
  /** Ends the connections there are; later ones lead to this port. */
  lead(port: number): void;
  /** Hands on what comes from clients. The next answer of the server is lost, and its connection ends. */
  loseNextReply(): void;
  /** Answers that were lost. */
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
