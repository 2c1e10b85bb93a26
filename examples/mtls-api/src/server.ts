import { constants } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';

/** The certificate of this server, in PEM. */
export interface ServerOptions {
  readonly cert: string;
  readonly key: string;
}

/**
 * A TLS server that asks each client for a certificate, and takes any. The token says which one it has to
 * be; `rejectUnauthorized: true` with a `ca` would, besides, shut out whoever has none of that authority.
 *
 * It resumes no sessions: a resumed one has the certificate of its first handshake, so that a client that
 * has renewed its certificate would go on showing the old one.
 */
export function createTlsServer({ cert, key }: ServerOptions, listener?: RequestListener): Server {
  return createServer(
    {
      cert,
      key,
      requestCert: true,
      rejectUnauthorized: false,
      secureOptions: constants.SSL_OP_NO_TICKET,
    },
    listener,
  );
}
