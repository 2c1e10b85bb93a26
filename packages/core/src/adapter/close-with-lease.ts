import type { Lease } from '../lease/lease.ts';

/** The part of a WebSocket that is used here. The sockets of the package `ws` have it. */
export interface ClosableSocket {
  close(code: number, reason: string): unknown;
  terminate(): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** How long a peer may take to answer the close frame. After that, the connection is cut. */
const CLOSING_MS = 2_000;

/**
 * Closes a WebSocket when its lease ends, with the close code and text of the lease (RFC 6455 §7.4.1). If the peer has
 * not answered two seconds later, the connection is cut. When the socket is closed first, the lease ends.
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
