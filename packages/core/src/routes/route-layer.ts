import type { PathParts, RoutePath } from './route-path.ts';

/** The slashes at the end of a path. */
export type Ending = '' | '/' | '//';

/** A route, or middleware, as an adapter finds it in its framework: in the order of requests. */
export interface RouteLayer {
  /** In upper case; `*` for every method. */
  readonly method: string;
  /** From the app or router that is described: `base` comes before it. */
  readonly path: PathParts;
  /** Whether the whole path must match (a route), or its beginning (middleware). */
  readonly end: boolean;
  readonly handlers: readonly unknown[];
  /** Whether its path is compared case-sensitively, in a framework where that is an option. */
  readonly sensitive?: boolean;
  /**
   * What may stand after its path, apart from a slash at its end: `['', '/']` where a slash at the end does not matter,
   * `['/']` where the path needs one. Left out: whatever it is, it matches.
   */
  readonly endings?: readonly Ending[];
  /** The router whose own routes it runs for, and for no others, in a framework that has this. */
  readonly within?: object;
  /** The routers that it is in, in a framework where an error handler answers only errors of its own router. */
  readonly inside?: readonly object[];
  /** Why nothing more can be found out about this layer. */
  readonly unknown?: string;
}

/** A layer with its path split into parts. */
export type Placed = Omit<RouteLayer, 'path'> & { readonly path: RoutePath };
