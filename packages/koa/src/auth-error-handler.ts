import {
  answerThrown,
  calledByOtherFramework,
  errorMiddleware,
  refuseUncalled,
} from '@authly/core/adapter';
import type { KoaContext, KoaMiddleware, KoaNext } from './framework.ts';
import { respond } from './respond.ts';

/**
 * Answers errors by which a handler refuses a caller (`userOf` throws one when a machine calls), as a guard
 * does: status, challenge and body (RFC 6750 §3). Write `app.use(authErrorHandler())` before everything that
 * may throw, and after error handling of your own: it answers only errors of what comes after it, and `assertGuarded`
 * finds one that comes too late. Without it Koa answers with status and challenge, but with a plain text as the body.
 *
 * Every other error is passed on, and so is an error after the response's headers were sent.
 */
export function authErrorHandler(...none: readonly never[]): KoaMiddleware {
  refuseUncalled('authErrorHandler', 'authErrorHandler()', none);
  const answer = async (context: KoaContext, next: KoaNext) => {
    try {
      await next();
    } catch (error) {
      respond(context, answerThrown(error, context, context.res));
    }
  };
  // Not async itself: Express 4 does not see the error in a promise.
  const middleware: KoaMiddleware = function authErrorHandler(context, next) {
    if (typeof next !== 'function') {
      throw calledByOtherFramework('authErrorHandler', '@authly/koa');
    }
    return answer(context, next);
  };
  return errorMiddleware(middleware, 'after');
}
