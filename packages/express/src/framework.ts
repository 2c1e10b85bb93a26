import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is read of an Express request, 4 or 5. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string;
  /** What routers have taken from the path on the way here: empty on the app itself. */
  readonly baseUrl: string;
  readonly path: string;
  readonly body?: unknown;
  /** The client's address by Express's `trust proxy`. */
  readonly ip?: string | undefined;
  /** `authenticate` sets it; an application may have declared it otherwise. */
  readonly principal?: unknown;
}

/** What is written of an Express response: Node's own is enough. */
export type ExpressResponse = ServerResponse;

/** Express's `next`. */
export type ExpressNext = (error?: unknown) => void;

/** A middleware for `app.use`, a router or a route. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ExpressResponse,
  next: ExpressNext,
) => void;

/** An error handler for `app.use`, after the routes. */
export type ExpressErrorHandler = (
  error: unknown,
  request: ExpressRequest,
  response: ExpressResponse,
  next: ExpressNext,
) => void;
