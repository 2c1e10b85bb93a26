import type { HandlerResponse } from '@authly/core';
import type { KoaContext } from './framework.ts';

/** Makes an answer of core's the response. */
export function respond(context: KoaContext, { status, headers, body }: HandlerResponse): void {
  // Body first: Koa makes a status and a content type of it, and those of the answer are to count.
  context.body = body ?? null;
  context.status = status;
  context.set(headers);
}
