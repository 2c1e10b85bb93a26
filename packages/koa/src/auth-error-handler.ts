import { answerThrown, neutralMiddleware, refuseUncalled } from '@authly/core/adapter';
import type { KoaMiddleware } from './framework.ts';
import { respond } from './respond.ts';

/**
 * Answers what handlers throw to refuse a caller, such as `userOf` for a machine, as a guard does: status,
 * challenge and body (RFC 6750 §3). `app.use(authErrorHandler())`, before everything that may throw, and
 * after error handling of your own. Without it Koa answers with status and challenge, and a text.
 *
 * Every other error is passed on, and so is an error after the response's headers were sent.
 */
export function authErrorHandler(...none: readonly never[]): KoaMiddleware {
  refuseUncalled('authErrorHandler', 'authErrorHandler()', none);
  return neutralMiddleware(async function authErrorHandler(context, next) {
    try {
      await next();
    } catch (error) {
      respond(context, answerThrown(error, context, context.res));
    }
  } satisfies KoaMiddleware);
}
