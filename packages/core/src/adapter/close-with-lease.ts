import type { Lease } from '../lease/lease.ts';

/** What is used of a WebSocket: one of `ws` is one. */
export interface ClosableSocket {
  close(code: number, reason: string): unknown;
  terminate(): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** A peer that does not answer the close frame by then is cut off. */
const CLOSING_MS = 2_000;

/**
 * Closes a WebSocket when its lease ends, with the lease's close code and text (RFC 6455 §7.4.1), and cuts
 * it two seconds later where the peer has not answered; and ends the lease when the socket is closed.
 */
export function closeWithLease(socket: ClosableSocket, lease: Lease<unknown>): void {
  let cut: ReturnType<typeof setTimeout> | undefined;
  socket.on('close', () => {
    clearTimeout(cut);
    lease.end();
  });
  lease.onEnd(({ cause, closeCode, text }) => {
    if (cause === 'released') return;
    cut = setTimeout(() => socket.terminate(), CLOSING_MS);
    cut.unref();
    socket.close(closeCode, text);
  });
}
