import { AuthError } from '@authly/core';
import { answerThrown } from '@authly/core/adapter';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { nodeExchangeOf } from './node-exchange.ts';

/**
 * Answers the errors by which the guard, or a handler that calls `userOf`, refuses a caller: status, challenge,
 * body.
 */
@Catch(AuthError)
export class AuthErrorFilter implements ExceptionFilter {
  readonly #host: HttpAdapterHost;

  constructor(host: HttpAdapterHost) {
    this.#host = host;
  }

  catch(error: AuthError, host: ArgumentsHost): void {
    const { request, response } = nodeExchangeOf(host);
    const { status, headers, body } = answerThrown(error, request, response);
    const { httpAdapter } = this.#host;
    const native: unknown = host.switchToHttp().getResponse();
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(native, name, value);
    httpAdapter.reply(native, body, status);
  }
}
