/** A request to a neutral handler, as an adapter's `mount` makes it. */
export interface HandlerRequest {
  readonly method: string;
  /** Path below the mount point, without query: `/token`. */
  readonly path: string;
  /** The raw query, without `?`; empty when there is none. */
  readonly query: string;
  header(name: string): string | readonly string[] | undefined;
  /**
   * IP address of the other end of the connection: the client, or the proxy in front of this
   * server. Never an address from a header, so it can be trusted: by it a proxy is recognized whose
   * headers name the client. `undefined` where there is none (a Unix domain socket, a request
   * without socket).
   */
  readonly peerAddress: string | undefined;
  /**
   * The client's IP address as the framework sees it (`req.ip`, `ctx.ip`). Where the application trusts proxies
   * it comes from a header, and a client may have written that itself. Use it for throttling only, never to
   * authenticate.
   */
  readonly clientAddress: string | undefined;
  /**
   * The certificate that the peer presented in this connection's TLS handshake, as DER; `undefined`
   * when there is none or the connection has ended. Neither its issuer nor its dates are checked.
   */
  peerCertificate(): Uint8Array | undefined;
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
 * An HTTP endpoint that knows no framework: adapters `mount` it. It returns `undefined` for a path that is not
 * its own, and the framework goes on.
 */
export type HttpHandler = (
  request: HandlerRequest,
) => HandlerResponse | undefined | Promise<HandlerResponse | undefined>;
