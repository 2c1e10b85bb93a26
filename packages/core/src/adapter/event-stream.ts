import type { Lease } from '../lease/lease.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';
import { admissionOf } from './admission.ts';
import { presentedTokenOf } from './create-admission.ts';
import { principalOf } from './principal-of.ts';
import { type ServerSentEvent, serverSentComment, serverSentEvent } from './server-sent-event.ts';

/** The options of an event stream. */
export interface EventStreamOptions {
  /**
   * How many bytes may wait in memory for a slow client. If more wait, the connection is cut. The client then connects
   * again, and says by `Last-Event-ID` what it has received. 1,024 to 1,073,741,824. Default 1,048,576.
   */
  readonly maxBufferedBytes?: number | undefined;
}

/** {@link EventStreamOptions} with every default decided. */
export interface ResolvedEventStream {
  readonly maxBufferedBytes: number;
}

/** An open stream of server-sent events. */
export interface EventStream {
  /**
   * The lease of the stream. `undefined` for a caller that was let in without a token (in a test, by `withPrincipal`):
   * only the client or the application then ends the stream.
   */
  readonly lease: Lease | undefined;
  /** Is aborted when the stream is over, whichever side has ended it. */
  readonly signal: AbortSignal;
  /**
   * Sends an event. `false` if the stream is over. Throws a `TypeError` for an `event` or an `id` with a line break: it
   * would begin another line of the stream.
   */
  send(event: ServerSentEvent): boolean;
  /** Sends a comment, which clients ignore. Send one from time to time, so that no proxy closes the connection as idle. */
  comment(text: string): boolean;
  /** Ends the stream. */
  close(): void;
}

/** What an event stream is written to: a response of Node, or a stream that a framework sends. */
export interface EventStreamTarget {
  /** Whether the connection is closed. A response over HTTP/2 does not have it; then `stream.destroyed` is read. */
  readonly destroyed?: boolean;
  readonly stream?: { readonly destroyed: boolean } | undefined;
  /** How many bytes wait in memory for the client. */
  readonly writableLength: number;
  write(text: string): unknown;
  end(text: string): unknown;
  destroy(): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
  /** Middleware for compression adds this function. It holds what is written back until this is called. */
  flush?(): unknown;
}

const OPTIONS: OptionNames<EventStreamOptions> = { maxBufferedBytes: true };

const DEFAULT_BUFFERED_BYTES = 1024 * 1024;
const MIN_BUFFERED_BYTES = 1_024;
const MAX_BUFFERED_BYTES = 1024 * 1024 * 1024;
/** How long a client may take to read the end of the stream. After that, the connection is cut. */
const FAREWELL_MS = 2_000;

/**
 * The headers of an event stream. With `no-transform`, compression does not delay events; with `no-store`, caches do not
 * keep them. The last header tells nginx to send events at once.
 */
export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
});

/** Checks the options of an event stream. Throws {@link ConfigurationError}. */
export function eventStreamOptions(options: EventStreamOptions = {}): ResolvedEventStream {
  const { maxBufferedBytes = DEFAULT_BUFFERED_BYTES } = checkOptions(
    'eventStream()',
    options,
    OPTIONS,
  );
  const isWhole = Number.isSafeInteger(maxBufferedBytes);
  if (
    !(isWhole && maxBufferedBytes >= MIN_BUFFERED_BYTES && maxBufferedBytes <= MAX_BUFFERED_BYTES)
  ) {
    throw new ConfigurationError(
      `eventStream(): maxBufferedBytes must be a whole number of bytes from ${MIN_BUFFERED_BYTES} to ${MAX_BUFFERED_BYTES}. Write: maxBufferedBytes: ${DEFAULT_BUFFERED_BYTES}`,
    );
  }
  return { maxBufferedBytes };
}

/**
 * Begins the lease of an event stream on an admitted request. The requirements of the guards that the request has passed
 * must be met by renewals, too. `undefined` if the caller was let in without a token. Throws as `principalOf` does.
 */
export function eventStreamLease(carrier: object): Lease | undefined {
  const principal = principalOf(carrier);
  const admission = admissionOf(carrier);
  if (admission === undefined || presentedTokenOf(admission) === undefined) return undefined;
  const { resourceServer, passed: requirements } = admission;
  // The cast only changes the type of the claims. They have the type of the server's schema, which `Register` declares.
  return resourceServer.lease(principal, { requirements }) as Lease;
}

/**
 * Opens an event stream. When the lease ends, the client gets a last event, `session-ended`, with the lease's text as its
 * `reason`, and the stream ends. What is sent after that is dropped. The client's `EventSource` then connects again by
 * itself, is refused by `authenticate` (401), and stops.
 */
export function openEventStream(
  target: EventStreamTarget,
  lease: Lease | undefined,
  { maxBufferedBytes }: ResolvedEventStream,
): EventStream {
  const over = new AbortController();
  target.on('error', ignore);
  const cut = () => finish(() => target.destroy());
  target.on('close', cut);
  lease?.onEnd(({ text }) =>
    end(serverSentEvent({ event: 'session-ended', data: JSON.stringify({ reason: text }) })),
  );

  /** Ends the stream, once. `over` is aborted first, because `lease.end()` and `last()` may call this again. */
  function finish(last: () => void): void {
    if (over.signal.aborted) return;
    over.abort();
    lease?.end();
    last();
  }

  function end(text: string): void {
    finish(() => {
      const cut = setTimeout(() => target.destroy(), FAREWELL_MS);
      cut.unref();
      target.on('close', () => clearTimeout(cut));
      target.end(text);
    });
  }

  function write(text: string): boolean {
    if (over.signal.aborted) return false;
    target.write(text);
    target.flush?.();
    if (target.writableLength <= maxBufferedBytes) return true;
    cut();
    return false;
  }

  // The client may have closed the connection before this call. There is no `close` event for that any more.
  if (target.destroyed === true || target.stream?.destroyed === true) cut();

  return Object.freeze<EventStream>({
    lease,
    signal: over.signal,
    send: (event) => write(serverSentEvent(event)),
    comment: (text) => write(serverSentComment(text)),
    close: () => end(''),
  });
}

function ignore(): void {}
