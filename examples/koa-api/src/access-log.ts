import { type AuthError, findPrincipal, type Principal, refusalOf } from '@authly/koa';
import type { Middleware } from 'koa';

/** One answered request. */
export interface AccessLogEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Who called, also when the caller was not allowed to; `undefined` when nobody was let in. */
  readonly caller: Principal | undefined;
  /** What was refused and why; `undefined` when nothing was. Its `cause` is not for logs. */
  readonly refusal: AuthError | undefined;
}

/** Tells `log` of every answered request. The query stays out: it may hold personal data. */
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
