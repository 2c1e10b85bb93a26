import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '@authly/core';
import type {} from 'koa';

declare module 'koa' {
  interface DefaultState {
    /** Who is calling, once `authenticate` has let the request in. */
    principal?: Principal | undefined;
  }
}

/** What is read and written of a Koa context, 2 or 3. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The client's address by Koa's `app.proxy`. */
  readonly ip: string;
  readonly request: object;
  readonly originalUrl: string;
  readonly path: string;
  /** Whatever type the application gives its state. */
  readonly state: object;
  status: number;
  body: unknown;
  /** `false`: Koa does not write the response, other code does. */
  respond?: boolean | undefined;
  set(headers: Readonly<Record<string, string | readonly string[]>>): void;
}

/** The context of a request with a known caller: after `authenticate`, or after a guard for one kind of caller. */
export interface KoaContextOf<P extends Principal> extends KoaContext {
  readonly state: { principal: P };
}

/** Koa's `next`. */
export type KoaNext = () => Promise<unknown>;

/** A middleware for `app.use`, a router or a route. */
export type KoaMiddleware = (context: KoaContext, next: KoaNext) => unknown;
