import { nodeRequestView } from '../http/node-request.ts';
import type { RequestView } from '../http/request-view.ts';
import { SCHEME_NAMES } from '../http/schemes.ts';
import { withProof } from '../lease/renewal.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { isThenable } from '../lib/maybe-promise.ts';
import { ownProperty } from '../lib/own-property.ts';
import { type AuthError, ConfigurationError, isAuthError } from '../model/errors.ts';
import { checkRequirement } from '../requirement/check-requirement.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';
import { adapterSideOf } from './adapter-side-of.ts';
import { type AdmittedConnection, admitConnection } from './admit-connection.ts';
import { type ClosableSocket, closeWithLease } from './close-with-lease.ts';
import { type MessageCredentials, messageText, readCredentialsMessage } from './message-text.ts';
import { tellFault } from './tell-fault.ts';
import type { UpgradeRequest } from './upgrade-parts.ts';

/** The part of a WebSocket that is used here. The sockets of the package `ws` have it. */
export interface MessageSocket extends ClosableSocket {
  on(event: 'close' | 'error', listener: () => void): unknown;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  off(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  send(text: string): unknown;
}

/** Options of {@link firstMessage}. */
export interface FirstMessageOptions {
  /** What the caller must meet, now and at each renewal. Default: every caller with a valid token is accepted. */
  readonly requirement?: Requirement | undefined;
  /** How long to wait for the message, in milliseconds, 100 to 60,000. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Reads the token, and the DPoP proof if there is one, from a message in a format of your own. It gives `undefined` for
   * a message without a token. Default: JSON, `{ "token": "…", "proof": "…" }`.
   */
  readonly read?: ((text: string) => MessageCredentials | undefined) | undefined;
  /**
   * Is called with errors that are not refusals: when a requirement gives a promise, and when `accept` throws or rejects.
   * The socket is then closed with 1011. Default: a process warning (`AuthlyWarning`) without details.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const OPTIONS: OptionNames<FirstMessageOptions> = {
  requirement: true,
  timeoutMs: true,
  read: true,
  onError: true,
};

const DEFAULT_TIMEOUT_MS = 5_000;
/** Close codes of RFC 6455 §7.4.1 and of the IANA registry. */
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
const INTERNAL_ERROR = 1011;

/**
 * Makes a listener for the event `connection` of a WebSocket server (package `ws`), for clients that cannot send headers.
 * The first message of a socket must be a text with the token, of at most 16 KiB, within `timeoutMs`. No other message
 * may come before `accept` is called.
 *
 * ```ts
 * wss.on('connection', firstMessage(resourceServer, {}, (ws, req, { principal, lease }) => chat(ws, principal)));
 * ```
 *
 * A socket that does not keep to this is closed with 1008. If the token is refused, the client gets a last message
 * (`{ "error", "error_description" }`, and `"dpop_nonce"` if its proof needs one), and the socket is closed with 1008, or
 * with 1013 if the client may try again later. When the lease ends, the socket is closed.
 *
 * Anybody may open such a socket and keep it open for `timeoutMs`. The WebSocket server reads each message as a whole, so
 * give it a small `maxPayload`. The origin is not checked: a page of another site has no token to send.
 *
 * @throws ConfigurationError for wrong options.
 */
export function firstMessage<Socket extends MessageSocket, Request extends UpgradeRequest>(
  resourceServer: ResourceServer<unknown>,
  options: FirstMessageOptions,
  accept: (socket: Socket, request: Request, admitted: AdmittedConnection) => unknown,
): (socket: Socket, request: Request) => void {
  const {
    requirement,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    read = readCredentialsMessage,
    onError,
  } = checkFirstMessageOptions(options, accept);

  async function admit(
    opened: RequestView,
    credentials: MessageCredentials,
  ): Promise<AdmittedConnection> {
    const view = withCredentials(opened, credentials);
    const { principal } = await adapterSideOf(resourceServer).admit(view, false);
    return admitConnection(resourceServer, principal, { view: opened, requirement });
  }

  return function connection(socket, request) {
    let state: 'waiting' | 'verifying' | 'over' = 'waiting';
    const opened = nodeRequestView(request, request.url ?? '/');
    const timer = setTimeout(() => dismiss(POLICY_VIOLATION, 'no token in time'), timeoutMs);
    timer.unref();
    // Without a listener, an error of the socket would end the process.
    socket.on('error', ignore);
    socket.on('close', over);
    socket.on('message', onMessage);

    function over(): void {
      state = 'over';
      clearTimeout(timer);
      socket.off('message', onMessage);
    }

    function dismiss(code: number, text: string): void {
      if (state === 'over') return;
      over();
      socket.close(code, text);
      const cut = setTimeout(() => socket.terminate(), FAREWELL_MS);
      cut.unref();
      socket.on('close', () => clearTimeout(cut));
    }

    function onMessage(data: unknown, isBinary: boolean): void {
      const credentials = state === 'waiting' ? credentialsIn(data, isBinary) : undefined;
      if (credentials === undefined) {
        dismiss(POLICY_VIOLATION, 'a message with the token first');
        return;
      }
      state = 'verifying';
      clearTimeout(timer);
      admit(opened, credentials).then(letIn, refuse);
    }

    function credentialsIn(data: unknown, isBinary: boolean): MessageCredentials | undefined {
      const text = isBinary ? undefined : messageText(data);
      try {
        return text === undefined ? undefined : read(text);
      } catch {
        // The application's own `read` may throw for an unexpected message.
        return undefined;
      }
    }

    function letIn(admitted: AdmittedConnection): void {
      if (state === 'over') {
        admitted.lease.end();
        return;
      }
      over();
      closeWithLease(socket, admitted.lease);
      try {
        const result = accept(socket, request, admitted);
        if (isThenable(result)) new Promise((resolve) => resolve(result)).catch(failed);
      } catch (error) {
        failed(error);
      }
    }

    function failed(error: unknown): void {
      socket.close(INTERNAL_ERROR, 'internal error');
      tellFault(onError, error);
    }

    function refuse(error: unknown): void {
      if (!isAuthError(error)) {
        dismiss(INTERNAL_ERROR, 'internal error');
        tellFault(onError, error);
      } else if (state !== 'over') {
        socket.send(refusalMessage(error));
        if (error.status === 503) dismiss(TRY_AGAIN_LATER, 'try again later');
        else dismiss(POLICY_VIOLATION, 'token refused');
      }
    }
  };
}

/** How long a peer may take to answer the close frame, in milliseconds. After that, the connection is cut. */
const FAREWELL_MS = 2_000;

function withCredentials(opened: RequestView, { token, proof }: MessageCredentials): RequestView {
  const scheme = SCHEME_NAMES[proof === undefined ? 'bearer' : 'dpop'];
  const view = withProof(opened, proof);
  return {
    ...view,
    header: (name) => (name === 'authorization' ? `${scheme} ${token}` : view.header(name)),
  };
}

function refusalMessage({ code, message, details }: AuthError): string {
  const nonce: unknown = ownProperty(details, 'nonce');
  return JSON.stringify({ error: code, error_description: message, dpop_nonce: nonce });
}

function checkFirstMessageOptions(
  options: FirstMessageOptions,
  accept: unknown,
): FirstMessageOptions {
  const checked = checkOptions('firstMessage()', options, OPTIONS);
  const { requirement, timeoutMs = DEFAULT_TIMEOUT_MS, read, onError } = checked;
  if (typeof accept !== 'function') {
    throw new ConfigurationError(
      'firstMessage() needs a function that accepts the socket, as its last argument. Write: firstMessage(server, {}, (ws, req, admitted) => …)',
    );
  }
  if (requirement !== undefined) checkRequirement(requirement);
  if (!(Number.isSafeInteger(timeoutMs) && timeoutMs >= 100 && timeoutMs <= 60_000)) {
    throw new ConfigurationError(
      'firstMessage(): timeoutMs must be a whole number from 100 to 60,000. Write: timeoutMs: 5_000',
    );
  }
  for (const [name, value] of Object.entries({ read, onError })) {
    if (value === undefined || typeof value === 'function') continue;
    throw new ConfigurationError(
      `firstMessage(): ${name} must be a function. Write: ${name}: (…) => …`,
    );
  }
  return checked;
}

function ignore(): void {}
