import { type RawAnswer, rawResponse } from '../http/raw-response.ts';
import type { UpgradeSocket } from './upgrade-parts.ts';

/** How long a client may take to close the connection. After that, it is cut. */
const LINGER_MS = 2_000;

/**
 * Answers an upgrade request with a complete response, and closes the connection. What the client still sends is read and
 * dropped: if a connection is closed while bytes are unread, the client may not receive the answer.
 */
export function refuseUpgrade(socket: UpgradeSocket, answer: RawAnswer): void {
  if (socket.destroyed) return;
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  cut.unref();
  socket.on('close', () => clearTimeout(cut));
  socket.on('end', () => socket.destroy());
  socket.end(rawResponse(answer));
  socket.resume();
}
