import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ArgumentsHost } from '@nestjs/common';

/** Node's own request and response, whichever platform Nest runs on. */
export interface NodeExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query as the client sent them. */
  readonly url: string;
}

type OnExpress<Native> = Native & { readonly raw?: undefined };
type OnFastify<Native> = { readonly raw: Native };
type Either<Native> = OnExpress<Native> | OnFastify<Native>;

/** Express's request and response are Node's, Fastify keeps Node's as `raw`. */
export function nodeExchangeOf(host: ArgumentsHost): NodeExchange {
  const http = host.switchToHttp();
  const request = http.getRequest<Either<IncomingMessage> & { readonly originalUrl: string }>();
  const response = http.getResponse<Either<ServerResponse>>();
  return {
    request: request.raw ?? request,
    response: response.raw ?? response,
    url: request.originalUrl,
  };
}
