import type { Lease } from '../lease/lease.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';
import { admissionOf } from './admission.ts';
import { presentedTokenOf } from './create-admission.ts';
import { principalOf } from './principal-of.ts';
import { type ServerSentEvent, serverSentComment, serverSentEvent } from './server-sent-event.ts';

/** How an event stream is opened. */
export interface EventStreamOptions {
  /**
   * Bytes that wait for a slow client. One for which more wait is cut off: it comes back and asks for what
   * it missed, by `Last-Event-ID`. 1,024 to 1,073,741,824. Default 1,048,576.
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
   * `undefined` for a caller that was let in without a token (`withPrincipal` of a test): nothing ends such
   * a stream but its two sides.
   */
  readonly lease: Lease | undefined;
  /** Aborted when the stream is over, whichever side ended it. */
  readonly signal: AbortSignal;
  /**
   * Sends an event: `false` once the stream is over. Throws `TypeError` for an `event` or an `id` with a
   * line break, which would be an event of its own.
   */
  send(event: ServerSentEvent): boolean;
  /** Sends what clients ignore: every now and then, so that no proxy takes the connection for dead. */
  comment(text: string): boolean;
  /** Ends the stream. */
  close(): void;
}

/** What a stream writes to: a response of Node's, or a stream that a framework sends on. */
export interface EventStreamTarget {
  /** A response over HTTP/2 has none: its stream says it. */
  readonly destroyed?: boolean;
  readonly stream?: { readonly destroyed: boolean } | undefined;
  /** Bytes that wait to be read by the client. */
  readonly writableLength: number;
  write(text: string): unknown;
  end(text: string): unknown;
  destroy(): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
  /** Compression middleware keeps what is written until this is called. */
  flush?(): unknown;
}

const OPTIONS: OptionNames<EventStreamOptions> = { maxBufferedBytes: true };

const DEFAULT_BUFFERED_BYTES = 1024 * 1024;
const MIN_BUFFERED_BYTES = 1_024;
const MAX_BUFFERED_BYTES = 1024 * 1024 * 1024;
/** A client that has not read the end by then is cut off. */
const FAREWELL_MS = 2_000;

/**
 * Headers of an event stream. `no-transform` keeps compression from holding events back, `no-store` keeps
 * them out of caches, and the last one tells nginx to pass them on at once.
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
      `eventStream(): maxBufferedBytes is a whole number of bytes from ${MIN_BUFFERED_BYTES} to ${MAX_BUFFERED_BYTES}. Write: maxBufferedBytes: ${DEFAULT_BUFFERED_BYTES}`,
    );
  }
  return { maxBufferedBytes };
}

/**
 * The lease of an event stream on an admitted request: the guards that the request has passed hold for its
 * renewals. `undefined` where the caller was let in without a token. Throws as `principalOf` does.
 */
export function eventStreamLease(carrier: object): Lease | undefined {
  const principal = principalOf(carrier);
  const admission = admissionOf(carrier);
  if (admission === undefined || presentedTokenOf(admission) === undefined) return undefined;
  const { resourceServer, passed: requirements } = admission;
  // The claims are those of the server's schema, which is what `Register` declares.
  return resourceServer.lease(principal, { requirements }) as Lease;
}

/**
 * Opens the stream on its target. When the lease ends, the client gets a last event, `session-ended` with the
 * lease's text as its reason, and the stream ends: what is sent later goes nowhere. The client comes back
 * by itself, and is refused by `authenticate` (401), at which `EventSource` stops.
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

  /** Once: the stream is over before anything that may call back is told. */
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

  // The client may have left while the handler was busy: then nothing tells of it any more.
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
