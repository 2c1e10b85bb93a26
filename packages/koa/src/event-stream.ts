import {
  EVENT_STREAM_HEADERS,
  type EventStream,
  type EventStreamOptions,
  eventStreamLease,
  eventStreamOptions,
  openEventStream,
} from '@authly/core/adapter';
import type { KoaContext } from './framework.ts';

/**
 * Answers a request with a stream of server-sent events that ends with the caller's token (WHATWG HTML §9.2):
 * `const stream = eventStream(ctx)` in a handler after `authenticate`, and then `stream.send({ data })` as
 * often as there is something to say. It sends the headers at once, so set yours before it.
 *
 * When the token expires, is revoked or is not accepted any more, the client gets a last event `session-ended`.
 * A client that is too slow to read is disconnected. Before anything is sent it throws as `principalOf` does,
 * and `ConfigurationError` for wrong options.
 */
export function eventStream(context: KoaContext, options?: EventStreamOptions): EventStream {
  const checked = eventStreamOptions(options);
  const lease = eventStreamLease(context);
  context.status = 200;
  context.set(EVENT_STREAM_HEADERS);
  // Not as Koa's `body`: Koa reports an error when a client leaves before the end of a body, and this has no end.
  context.respond = false;
  context.res.flushHeaders();
  return openEventStream(context.res, lease, checked);
}
