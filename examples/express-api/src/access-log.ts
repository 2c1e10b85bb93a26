import { type AuthError, findPrincipal, type Principal, refusalOf } from '@authly/express';
import type { RequestHandler } from 'express';

/** One answered request. */
export interface AccessLogEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Who called, even if a guard refused the caller; `undefined` when no token was accepted. */
  readonly caller: Principal | undefined;
  /** What was refused and why; `undefined` when nothing was. Its `cause` is not for logs. */
  readonly refusal: AuthError | undefined;
}

/** Calls `log` for every answered request. Without the query, which may hold personal data. */
export function accessLog(log: (entry: AccessLogEntry) => void): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    response.on('finish', () => {
      const caller = findPrincipal(request);
      log({ method, path, status: response.statusCode, caller, refusal: refusalOf(request) });
    });
    next();
  };
}
