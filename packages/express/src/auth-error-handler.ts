import type { HandlerResponse } from '@authly/core';
import {
  answerThrown,
  calledByOtherFramework,
  errorMiddleware,
  refuseUncalled,
} from '@authly/core/adapter';
import type { ExpressErrorHandler } from './framework.ts';
import { respond } from './respond.ts';

/**
 * Answers errors by which a handler refuses a caller (`userOf` throws one when a machine calls), as a guard
 * does: status, challenge and body (RFC 6750 §3). Write `app.use(authErrorHandler())` after the routes and
 * before error handling of your own: Express calls it only for errors of what comes before it, and `assertGuarded`
 * finds one that comes too early. Without it Express answers with the right status, but also with a stack trace.
 *
 * Every other error is passed on, and so is an error after the response's headers were sent.
 */
export function authErrorHandler(...none: readonly never[]): ExpressErrorHandler {
  refuseUncalled('authErrorHandler', 'authErrorHandler()', none);
  // Express recognizes an error handler by its four parameters.
  const middleware: ExpressErrorHandler = function authErrorHandler(
    error,
    request,
    response,
    next,
  ) {
    if (typeof next !== 'function') {
      throw calledByOtherFramework('authErrorHandler', '@authly/express');
    }
    let refusal: HandlerResponse;
    try {
      refusal = answerThrown(error, request, response);
    } catch (handedOn) {
      next(handedOn);
      return;
    }
    respond(response, refusal);
  };
  return errorMiddleware(middleware, 'before');
}
