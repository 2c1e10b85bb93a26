import { findPrincipal, type Principal } from '@authly/express';
import type { RequestHandler } from 'express';

/** One answered request. */
export interface AccessLogEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Who called, also when the caller was not allowed to; `undefined` when nobody was let in. */
  readonly caller: Principal | undefined;
}

/** Tells `log` of every answered request. The query stays out: it may hold personal data. */
export function accessLog(log: (entry: AccessLogEntry) => void): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    response.on('finish', () => {
      log({ method, path, status: response.statusCode, caller: findPrincipal(request) });
    });
    next();
  };
}
