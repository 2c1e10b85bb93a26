import type { HandlerResponse } from '@authly/core';
import { type AnswerMode, answerRefusal } from '@authly/core/adapter';
import type { ExpressNext, ExpressResponse } from './framework.ts';

/** Writes an answer as the whole response. */
export function respond(
  response: ExpressResponse,
  { status, headers, body }: HandlerResponse,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}

/** Answers a refusal, or hands the error to the application's error handling. */
export function refuse(
  error: unknown,
  mode: AnswerMode | undefined,
  { response, next }: { readonly response: ExpressResponse; readonly next: ExpressNext },
): void {
  let refusal: HandlerResponse;
  try {
    refusal = answerRefusal(error, mode, response.headersSent);
  } catch (handedOn) {
    next(handedOn);
    return;
  }
  respond(response, refusal);
}
