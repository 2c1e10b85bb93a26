import { constants } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';

/** The certificate of this server, in PEM. */
export interface ServerOptions {
  readonly cert: string;
  readonly key: string;
}

/**
 * A TLS server that asks each client for a certificate, and accepts any. The token says which certificate it
 * must be. With `rejectUnauthorized: true` and a `ca`, only clients with a certificate of that authority could
 * connect.
 *
 * It resumes no sessions: a resumed session has the certificate of its first handshake, so a client that has
 * renewed its certificate would still show the old one.
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
