/** A request to a neutral handler, as an adapter's `mount` makes it. */
export interface HandlerRequest {
  readonly method: string;
  /** Path below the mount point, without query: `/token`. */
  readonly path: string;
  /** The raw query, without `?`; empty when there is none. */
  readonly query: string;
  header(name: string): string | readonly string[] | undefined;
  /** What a body parser before us made of the body; `undefined` when none ran. */
  readonly parsedBody: unknown;
  /** The body's bytes, when no parser has read them. */
  readonly stream: AsyncIterable<Uint8Array>;
}

/** What a neutral handler answers. */
export interface HandlerResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** `undefined` for no body at all. */
  readonly body: string | undefined;
}

/**
 * An HTTP endpoint that knows no framework: adapters `mount` it. `undefined` means that the path is
 * not the handler's, and the framework goes on.
 */
export type HttpHandler = (
  request: HandlerRequest,
) => HandlerResponse | undefined | Promise<HandlerResponse | undefined>;
