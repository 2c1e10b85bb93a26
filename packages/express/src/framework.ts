import type { IncomingMessage, ServerResponse } from 'node:http';

/** The members of an Express request (4 or 5) that are read. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string;
  /** The part of the path that routers have removed so far; empty on the app itself. */
  readonly baseUrl: string;
  readonly path: string;
  readonly body?: unknown;
  /** The client's address by Express's `trust proxy`. */
  readonly ip?: string | undefined;
  /** Set by `authenticate`. An application may have declared another type for it. */
  readonly principal?: unknown;
}

/** The members of an Express response that are written. Node's own response has them. */
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
