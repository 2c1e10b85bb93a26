// The one place that looks into Express's routers: data of the framework's own, read as such.

/** What a router keeps of one call of `use`, `get` and so on, in Express 4 and 5. */
export interface RouterLayer {
  readonly handle: unknown;
  /** Set when the layer is a route. */
  readonly route?: Route | undefined;
  /** Express 5.3 and later: the path as it was given. */
  readonly rawPath?: unknown;
  /** Express 5: whether the path is `/`. */
  readonly slash?: unknown;
  /** Express 4 keeps what it made of the path, and whether that was `/`. */
  readonly regexp?: { readonly fast_slash?: unknown } | undefined;
}

/** What `app.get`, `app.route` and so on made. */
export interface Route {
  readonly path: unknown;
  /** In lower case; `_all` for `all`. */
  readonly methods: Readonly<Record<string, unknown>>;
  readonly stack: readonly { readonly handle: unknown; readonly method?: unknown }[];
}

/** The layers of an app or a router, in order; `undefined` for anything else. */
export function layersOf(value: unknown): readonly RouterLayer[] | undefined {
  const stack = member(value, 'stack');
  if (Array.isArray(stack) && stack.every(isLayer)) return stack;
  if (typeof value !== 'function' || typeof member(value, 'set') !== 'function') return undefined;
  // Express 4 makes an app's router when it is first needed, and throws where Express 5 has it.
  const router = 'lazyrouter' in value ? member(value, '_router') : member(value, 'router');
  return router === undefined ? [] : layersOf(router);
}

/** Whether capitals count in the paths of an app or a router (`caseSensitive`, `case sensitive routing`). */
export function isCaseSensitive(value: unknown): boolean {
  if (typeof member(value, 'caseSensitive') === 'boolean') {
    return member(value, 'caseSensitive') === true;
  }
  if (typeof value !== 'function' || typeof member(value, 'set') !== 'function') return false;
  return (
    member(member(value, 'lazyrouter' in value ? '_router' : 'router'), 'caseSensitive') === true
  );
}

/** The name of a function: Express gives what stands for a mounted app one of its own. */
export function nameOf(value: unknown): unknown {
  return member(value, 'name');
}

function isLayer(value: unknown): value is RouterLayer {
  if (typeof value !== 'object' || value === null || !('handle' in value)) return false;
  const route = member(value, 'route');
  return route === undefined || isRoute(route);
}

function isRoute(value: unknown): value is Route {
  const methods = member(value, 'methods');
  return Array.isArray(member(value, 'stack')) && typeof methods === 'object' && methods !== null;
}

function member(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  return Reflect.get(value, name);
}
