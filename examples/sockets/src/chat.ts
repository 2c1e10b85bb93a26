import { type AdmittedConnection, closeWithLease } from '@authly/express';
import { WebSocket } from 'ws';

/** A client that has more than this waiting is too slow, and is disconnected. In bytes. */
const MAX_WAITING = 1024 * 1024;

/** Lets somebody into the chat until the lease ends. Everybody hears what anybody says. */
export function joinChat(
  ws: WebSocket,
  everybody: ReadonlySet<WebSocket>,
  { principal, lease }: AdmittedConnection,
): void {
  // Closes with 1008 when the token expires or is revoked.
  closeWithLease(ws, lease);
  lease.onRenewalDue(() => ws.send(JSON.stringify({ type: 'renewal-due' })), { bySec: 60 });
  ws.on('error', () => ws.terminate());

  ws.on('message', (data) => {
    const { type, token, text } = parsed(String(data));
    if (type === 'renew') {
      lease.renew(typeof token === 'string' ? token : '').then(
        () => ws.send(JSON.stringify({ type: 'renewed', until: lease.expiresAt })),
        // The client may try again until the old token ends.
        () => ws.send(JSON.stringify({ type: 'not-renewed' })),
      );
      // Not String(text): for some values of JSON it throws, which would end the process.
    } else if (type === 'say' && typeof text === 'string' && lease.ended === undefined) {
      say({ type: 'said', by: principal.key, text });
    }
  });

  function say(message: object): void {
    const text = JSON.stringify(message);
    for (const each of everybody) {
      if (each.bufferedAmount > MAX_WAITING) each.terminate();
      else if (each.readyState === WebSocket.OPEN) each.send(text);
    }
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? { ...message } : {};
  } catch {
    return {};
  }
}
