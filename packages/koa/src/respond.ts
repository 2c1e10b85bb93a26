import type { HandlerResponse } from '@authly/core';
import type { KoaContext } from './framework.ts';

/** Writes an answer as the whole response. */
export function respond(context: KoaContext, { status, headers, body }: HandlerResponse): void {
  // The body first: setting it also sets a status and a content type, which the answer's then replace.
  context.body = body ?? null;
  context.status = status;
  context.set(headers);
}
