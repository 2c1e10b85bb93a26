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

/** What is used of a WebSocket that has to say first who it is: one of `ws` is one. */
export interface MessageSocket extends ClosableSocket {
  on(event: 'close' | 'error', listener: () => void): unknown;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  off(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  send(text: string): unknown;
}

/** How a socket says who it is in its first message. */
export interface FirstMessageOptions {
  /** What the caller must meet, now and at each renewal. Default: any caller with a good token. */
  readonly requirement?: Requirement | undefined;
  /** How long to wait for the message, in milliseconds, 100 to 60,000. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Finds the token in a message of the application's own form, and a DPoP proof where there is one;
   * `undefined` for a message that has none. Default: JSON, `{ "token": "…", "proof": "…" }`.
   */
  readonly read?: ((text: string) => MessageCredentials | undefined) | undefined;
  /** Told of what is no refusal, as in `guardUpgrade`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const OPTIONS: OptionNames<FirstMessageOptions> = {
  requirement: true,
  timeoutMs: true,
  read: true,
  onError: true,
};

const DEFAULT_TIMEOUT_MS = 5_000;
/** RFC 6455 §7.4.1: policy violation; and IANA's "try again later". */
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
const INTERNAL_ERROR = 1011;

/**
 * Makes a listener for `connection` of a WebSocket server of `ws`, for clients that can send no header: the
 * first message has to be a text with the token, at most 16 KiB, within five seconds; until `accept` is
 * called nothing else may come.
 *
 * ```ts
 * wss.on('connection', firstMessage(resourceServer, {}, (ws, req, { principal, lease }) => chat(ws, principal)));
 * ```
 *
 * A socket that does otherwise is closed with 1008. One whose token is refused gets a last message (`{ "error",
 * "error_description" }`, and `"dpop_nonce"` where a proof needs one) and is closed with 1008, or 1013 where
 * it may try again later. The socket is closed with its lease.
 *
 * Anybody may open such a socket and hold it for as long as `timeoutMs`: give the WebSocket server a small
 * `maxPayload`, since it reads a message whole. No origin is checked: a page of another site has no token.
 *
 * @throws ConfigurationError for options that are not right.
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
    // An error to which nobody listens ends the process.
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
        // A reader of the application's may stumble over what a stranger writes.
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

/** A peer that does not answer the close frame by then is cut off, in milliseconds. */
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
      'firstMessage() takes a function that accepts the socket. Write: firstMessage(server, {}, (ws, req, admitted) => …)',
    );
  }
  if (requirement !== undefined) checkRequirement(requirement);
  if (!(Number.isSafeInteger(timeoutMs) && timeoutMs >= 100 && timeoutMs <= 60_000)) {
    throw new ConfigurationError(
      'firstMessage(): timeoutMs is a whole number from 100 to 60,000. Write: timeoutMs: 5_000',
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
