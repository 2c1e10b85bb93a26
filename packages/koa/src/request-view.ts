import { nodeRequestView, type RequestView } from '@authly/core';
import type { KoaContext } from './framework.ts';

/** Reads a Koa context for the resource server: `originalUrl`, since mounting shortens `url`. */
export function requestView(context: KoaContext): RequestView {
  return nodeRequestView(context.req, context.originalUrl, {
    identity: context,
    response: context.res,
  });
}
