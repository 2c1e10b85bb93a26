import { once } from 'node:events';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import type { TestCertificate } from '@authly/testing';
import { onTestFinished } from 'vitest';
import { type Wire, wireOver } from './wire.ts';

/** A client by TLS on one connection. */
export interface TlsWire extends Wire {
  /** Whether the connection goes on with an earlier session, and no new handshake. */
  isResumed(): boolean;
  /** What a later connection resumes by. */
  session(): Promise<Buffer>;
}

/** How a client connects. */
export interface TlsWireOptions {
  readonly port?: number;
  /** A Unix domain socket, in place of a port on loopback. */
  readonly path?: string;
  readonly certificate?: TestCertificate | undefined;
  readonly version?: SecureVersion;
  readonly session?: Buffer;
}

/** Connects by TLS; the connection ends with the test. */
export async function tlsWire(options: TlsWireOptions): Promise<TlsWire> {
  const { port, path, certificate, version = 'TLSv1.3', session } = options;
  const socket: TLSSocket = connect({
    ...(path === undefined ? { port, host: '127.0.0.1' } : { path }),
    rejectUnauthorized: false,
    minVersion: version,
    maxVersion: version,
    ...(certificate && { key: certificate.key, cert: certificate.cert }),
    ...(session && { session }),
  });
  // TLS 1.3 sends tickets after the handshake, more than one.
  const sessions: Buffer[] = [];
  socket.on('session', (each: Buffer) => sessions.push(each));
  await once(socket, 'secureConnect');
  onTestFinished(() => void socket.destroy());
  return {
    ...wireOver(() => socket),
    isResumed: () => socket.isSessionReused(),
    async session() {
      if (sessions.length === 0) await once(socket, 'session');
      return sessions[0] ?? Buffer.alloc(0);
    },
  };
}
