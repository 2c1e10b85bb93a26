import { memoryRevocations } from '@authly/core';
import { WebSocket } from 'ws';
import type { ClientsMessage } from '../parts/sockets.ts';

// The process of the WebSocket clients. It opens a socket for each token and reports which sockets are
// closed. When it is told to revoke, it revokes in its own store, and sends the marks of that store to the
// process that started it.

/** How many connections are opened at the same time. */
const AT_A_TIME = 100;

const revocations = memoryRevocations();
revocations.subscribe?.((mark) => tell({ mark }));

function tell(message: ClientsMessage): void {
  process.send?.(message);
}

async function open(url: string, tokens: readonly string[]): Promise<void> {
  let next = 0;
  let opened = 0;
  async function worker(): Promise<void> {
    while (next < tokens.length) {
      const index = next++;
      await openOne(url, tokens[index] ?? '', index);
      opened += 1;
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  tell({ opened });
}

function openOne(url: string, token: string, index: number): Promise<void> {
  const ws = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  ws.on('close', (code) => tell({ closed: { index, code } }));
  return new Promise((resolve, reject) => {
    ws.on('open', () => resolve());
    ws.on('error', reject);
  });
}

process.on('message', (message: { url?: string; tokens?: string[]; revoke?: string }) => {
  const { url, tokens = [], revoke } = message;
  const work = url === undefined ? revocations.revokePrincipal(revoke ?? '') : open(url, tokens);
  work.catch((error: unknown) => {
    throw error;
  });
});
