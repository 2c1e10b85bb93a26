import {
  EVENT_STREAM_HEADERS,
  type EventStream,
  type EventStreamOptions,
  eventStreamLease,
  eventStreamOptions,
  openEventStream,
} from '@authly/core/adapter';
import type { ExpressRequest, ExpressResponse } from './framework.ts';

/**
 * Answers a request with a stream of server-sent events that ends with the caller's token (WHATWG HTML §9.2):
 * `const stream = eventStream(req, res)` in a handler after `authenticate`, and then `stream.send({ data })`
 * as often as there is something to say. It sends the headers at once, so set yours before it.
 *
 * When the token expires, is revoked or is not accepted any more, the client gets a last event `session-ended`.
 * A client that is too slow to read is disconnected. Before anything is sent it throws as `principalOf` does,
 * and `ConfigurationError` for wrong options.
 */
export function eventStream(
  request: ExpressRequest,
  response: ExpressResponse,
  options?: EventStreamOptions,
): EventStream {
  const checked = eventStreamOptions(options);
  const lease = eventStreamLease(request);
  for (const [name, value] of Object.entries(EVENT_STREAM_HEADERS)) response.setHeader(name, value);
  response.flushHeaders();
  return openEventStream(response, lease, checked);
}
