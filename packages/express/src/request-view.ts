import { nodeRequestView, type RequestView } from '@authly/core';
import type { ExpressRequest } from './framework.ts';

/** Reads an Express request for the resource server: `originalUrl`, since routers shorten `url`. */
export function requestView(request: ExpressRequest): RequestView {
  return nodeRequestView(request, request.originalUrl, {
    identity: request,
    response: request.res,
  });
}
