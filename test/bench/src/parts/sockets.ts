import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  closeWithLease,
  createResourceServer,
  guardUpgrade,
  type RevocationMark,
  type RevocationStore,
} from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import { WebSocketServer } from 'ws';
import type { Findings } from '../report/report.ts';
import type { Scale } from './scale.ts';

const SOCKETS = 10_000;
const AUDIENCE = 'https://api.example.com';
const ISSUER = 'https://as.example.com';
/** The goal for the time from the mark in another process to the close frame at the client. */
const WITHIN_MS = 1_000;

/** What the process of the clients reports. */
export interface ClientsMessage {
  readonly opened?: number;
  /** Which socket was closed, and the code. */
  readonly closed?: { readonly index: number; readonly code: number };
  /** A mark that it has made, because the same process also revokes. */
  readonly mark?: RevocationMark;
}

/** Many real sockets. A mark that another process makes closes one of them. */
export async function sockets(scale: Scale): Promise<Findings> {
  const count = scale.size(SOCKETS);
  const issuer = testIssuer({ issuer: ISSUER, audience: AUDIENCE });
  const clients = fork(fileURLToPath(new URL('../http/socket-clients.js', import.meta.url)));
  const heard: ClientsMessage[] = [];
  clients.on('message', (message: ClientsMessage) => heard.push(message));
  const store: RevocationStore = {
    retainSec: 86_400,
    isRevoked: () => false,
    subscribe(listener) {
      const hear = ({ mark }: ClientsMessage) => mark && listener(mark);
      clients.on('message', hear);
      return () => clients.off('message', hear);
    },
  };
  const resourceServer = createResourceServer({
    issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
    audience: AUDIENCE,
    revocation: { store },
  });
  const wss = new WebSocketServer({ noServer: true });
  const keys: string[] = [];
  const server = createServer();
  server.on(
    'upgrade',
    guardUpgrade(resourceServer, {}, (request, socket, head, { principal, lease }) =>
      wss.handleUpgrade(request, socket, head, (ws) => {
        keys.push(principal.key);
        closeWithLease(ws, lease);
      }),
    ),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const tokens = Array.from({ length: count }, (_, index) =>
    issuer.aUserToken({ sub_type: undefined, sub: `user-${index}` }),
  );
  clients.send({ url: `ws://127.0.0.1:${port}`, tokens });
  await until(() => heard.some(({ opened }) => opened === count));

  const victim = Math.floor(count / 2);
  const key = keys.find((each) => each.endsWith(`:user-${victim}`)) ?? '';
  const from = performance.now();
  clients.send({ revoke: key });
  await until(() => heard.some(({ closed }) => closed !== undefined));
  const tookMs = performance.now() - from;
  // Long enough for any other socket that would be closed, too.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const closed = heard.flatMap((message) => message.closed ?? []);
  clients.kill();
  resourceServer.close();
  wss.close();
  server.close();
  server.closeAllConnections();
  const isRight = closed.length === 1 && closed[0]?.index === victim && closed[0].code === 1008;
  return {
    tables: [
      {
        title: `${count.toLocaleString('en-US')} sockets, one revoked by another process`,
        note: 'Of real WebSockets on loopback: from the revocation in the other process to the close frame at its client.',
        columns: ['sockets closed', 'ms until the first'],
        rows: [[closed.length, tookMs]],
      },
    ],
    goals: [
      {
        measure: 'a mark of another process closes its one socket',
        limit: `1 socket, ≤ ${WITHIN_MS} ms`,
        measured: `${closed.length} socket, ${Math.round(tookMs)} ms`,
        met: isRight && tookMs <= WITHIN_MS,
      },
    ],
    charts: [],
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
