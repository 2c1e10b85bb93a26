import { type AuthError, findPrincipal, type Principal, refusalOf } from '@authly/koa';
import type { Middleware } from 'koa';

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
export function accessLog(log: (entry: AccessLogEntry) => void): Middleware {
  return async (ctx, next) => {
    const { method, path } = ctx;
    ctx.res.on('finish', () => {
      const caller = findPrincipal(ctx);
      log({ method, path, status: ctx.status, caller, refusal: refusalOf(ctx) });
    });
    await next();
  };
}
