import { type RawAnswer, rawResponse } from '../http/raw-response.ts';
import type { UpgradeSocket } from './upgrade-parts.ts';

/** A client that does not close its end by then has its connection cut. */
const LINGER_MS = 2_000;

/**
 * Answers a request to upgrade with a whole response, and closes the connection. What the client still sends
 * is read and thrown away: a connection that is cut with bytes unread may lose the answer on its way.
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
