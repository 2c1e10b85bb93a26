// Only types: what Node passes to a listener for `upgrade`.
import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CredentialSource, isCredentialSource } from '../http/credential-source.ts';
import { nodeRequestView } from '../http/node-request.ts';
import type { RawAnswer } from '../http/raw-response.ts';
import { offeredProtocols, PROTOCOLS, subprotocolPrefix } from '../http/subprotocol.ts';
import type { Lease } from '../lease/lease.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { isThenable } from '../lib/maybe-promise.ts';
import { ConfigurationError, isAuthError } from '../model/errors.ts';
import { checkRequirement } from '../requirement/check-requirement.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';
import { adapterSideOf } from './adapter-side-of.ts';
import { type AdmittedConnection, admitConnection } from './admit-connection.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { tellFault } from './tell-fault.ts';
import type { UpgradeRequest, UpgradeSocket } from './upgrade-parts.ts';

/** Options of {@link guardUpgrade}. */
export interface UpgradeOptions {
  /**
   * What the caller must meet, at the handshake and at each renewal. Default: every caller with a valid token is accepted.
   */
  readonly requirement?: Requirement | undefined;
  /**
   * Where else the token may be, besides the `Authorization` header: `fromSubprotocol('bearer.')` for browsers, or
   * `fromCookie('__Host-at', { origins: […] })`, which also checks the origin. A token in the query is not supported.
   */
  readonly credentials?: CredentialSource | undefined;
  /**
   * Is called with errors that are not refusals: when a requirement gives a promise (the client then gets 500), and when
   * `accept` throws or rejects (the connection is then cut). Default: a process warning (`AuthlyWarning`) without details.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const OPTIONS: OptionNames<UpgradeOptions> = {
  requirement: true,
  credentials: true,
  onError: true,
};

/** How long after the end of its lease a connection may stay open to say goodbye. After that, it is cut. */
const FAREWELL_MS = 3_000;

/**
 * Makes a listener for the event `upgrade` of Node's HTTP server. It verifies the token before the connection (a
 * WebSocket) is accepted; middleware of Express or Koa does not run for an upgrade. If the caller is let in, `accept` is
 * called, with the request, the socket and the first bytes as Node gave them:
 *
 * ```ts
 * server.on('upgrade', guardUpgrade(resourceServer, { requirement: scope('chat') }, (req, socket, head, admitted) =>
 *   wss.handleUpgrade(req, socket, head, (ws) => chat(ws, admitted))));
 * ```
 *
 * A refused client gets a complete HTTP response with its challenge (RFC 6750 §3, RFC 9110 §7.8), and the connection is
 * closed. When the socket closes, the lease ends. Three seconds after the lease has ended, the socket is cut; use
 * `closeWithLease(ws, lease)` to close it properly before that. A proof of possession (DPoP) must be for the URL of the
 * socket (`wss:` or `https:`) and the method `GET`.
 *
 * It does not check the path: call it only for the paths that it shall guard. It does not check the origin, except for a
 * token in a cookie, and it does not check messages.
 *
 * @throws ConfigurationError for wrong options.
 */
export function guardUpgrade<
  Request extends UpgradeRequest = IncomingMessage,
  Socket extends UpgradeSocket = Duplex,
  Head = Buffer,
>(
  resourceServer: ResourceServer<unknown>,
  options: UpgradeOptions,
  accept: (request: Request, socket: Socket, head: Head, admitted: AdmittedConnection) => unknown,
): (request: Request, socket: Socket, head: Head) => void {
  const { requirement, credentials, onError } = checkUpgradeOptions(options, accept);

  async function admit(request: Request): Promise<AdmittedConnection> {
    const view = nodeRequestView(request, request.url ?? '/');
    const admitted = await adapterSideOf(resourceServer).admit(view, false, credentials);
    return admitConnection(resourceServer, admitted.principal, { view, requirement });
  }

  return function upgrade(request, socket, head) {
    // This must come first: without a listener, an error of the socket would end the process.
    socket.on('error', ignore);
    admit(request).then(
      (admitted) => {
        hand(admitted, { request, socket, head });
      },
      (error) => {
        refuse(error, socket);
      },
    );
  };

  function hand(
    admitted: AdmittedConnection,
    { request, socket, head }: { request: Request; socket: Socket; head: Head },
  ): void {
    // The client may have closed the connection while its token was verified.
    if (socket.destroyed) {
      admitted.lease.end();
      return;
    }
    bindToLease(socket, admitted.lease);
    hideToken(request, credentials);
    const failed = (error: unknown) => {
      socket.destroy();
      tellFault(onError, error);
    };
    try {
      const result = accept(request, socket, head, admitted);
      if (isThenable(result)) new Promise((resolve) => resolve(result)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  function refuse(error: unknown, socket: Socket): void {
    const isRefusal = isAuthError(error);
    refuseUpgrade(socket, isRefusal ? resourceServer.refusal(error) : FAULT);
    if (!isRefusal) tellFault(onError, error);
  }
}

const FAULT: RawAnswer = Object.freeze({
  status: 500,
  headers: Object.freeze({
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  }),
  body: 'Internal Server Error',
});

function checkUpgradeOptions(options: UpgradeOptions, accept: unknown): UpgradeOptions {
  const checked = checkOptions('guardUpgrade()', options, OPTIONS);
  const { requirement, credentials, onError } = checked;
  if (typeof accept !== 'function') {
    throw new ConfigurationError(
      'guardUpgrade() needs a function that accepts the connection, as its last argument. Write: guardUpgrade(server, {}, (req, socket, head, admitted) => wss.handleUpgrade(req, socket, head, (ws) => …))',
    );
  }
  if (requirement !== undefined) checkRequirement(requirement);
  if (credentials !== undefined && !isCredentialSource(credentials)) {
    throw new ConfigurationError(
      "guardUpgrade(): credentials must say where the token is. Write: credentials: fromSubprotocol('bearer.'), or credentials: fromCookie('__Host-at', { origins: ['https://app.acme.com'] })",
    );
  }
  if (onError !== undefined && typeof onError !== 'function') {
    throw new ConfigurationError(
      'guardUpgrade(): onError must be a function. Write: onError: (error) => log.error(error)',
    );
  }
  return checked;
}

/** Ends the lease when the socket closes, and cuts the socket some time after the lease has ended. */
function bindToLease(socket: UpgradeSocket, lease: Lease): void {
  let cut: ReturnType<typeof setTimeout> | undefined;
  socket.on('close', () => {
    clearTimeout(cut);
    lease.end();
  });
  lease.onEnd(() => {
    if (socket.destroyed) return;
    cut = setTimeout(() => socket.destroy(), FAREWELL_MS);
    cut.unref();
  });
}

/**
 * Removes the token from the list of subprotocols that the client offers. Otherwise, a WebSocket library might answer with
 * the token as the chosen subprotocol, or write it to a log.
 */
function hideToken(request: UpgradeRequest, credentials: CredentialSource | undefined): void {
  const prefix = credentials && subprotocolPrefix(credentials);
  if (prefix === undefined) return;
  const { headers, rawHeaders } = request;
  const isOther = (protocol: string) => !protocol.startsWith(prefix);
  const others = offeredProtocols(headers[PROTOCOLS]).filter(isOther);
  if (others.length === 0) delete headers[PROTOCOLS];
  else headers[PROTOCOLS] = others.join(', ');
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== PROTOCOLS) continue;
    rawHeaders[index + 1] = offeredProtocols(rawHeaders[index + 1])
      .filter(isOther)
      .join(', ');
  }
}

function ignore(): void {}
