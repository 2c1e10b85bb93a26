import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '@authly/core';

declare global {
  // Express merges its requests with this namespace: the one place where a property can be declared.
  namespace Express {
    interface Request {
      /** Who is calling, once `authenticate` has let the request in. */
      principal?: Principal | undefined;
    }
  }
}

/** What is read of an Express request, 4 or 5. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string;
  /** What routers have taken from the path on the way here: empty on the app itself. */
  readonly baseUrl: string;
  readonly path: string;
  readonly body?: unknown;
  /** The client's address by Express's `trust proxy`. */
  readonly ip?: string | undefined;
  principal?: Principal | undefined;
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
