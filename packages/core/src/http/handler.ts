/** A request to a neutral handler, as an adapter's `mount` makes it. */
export interface HandlerRequest {
  readonly method: string;
  /** Path below the mount point, without query: `/token`. */
  readonly path: string;
  /** The raw query, without `?`; empty when there is none. */
  readonly query: string;
  header(name: string): string | readonly string[] | undefined;
  /**
   * IP address of whoever opened the connection: the client, or the proxy in front of this server.
   * Never a forwarded address, so that it can be trusted: a proxy whose headers name the client is recognized by it. `undefined` where there is none (a Unix domain socket, a request without socket).
   */
  readonly peerAddress: string | undefined;
  /**
   * The client's IP address as the framework sees it (`req.ip`, `ctx.ip`): where the application
   * trusts proxies, a forwarded one, which a client may have written itself. Only for throttling:
   * never authenticate anybody by it.
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
 * An HTTP endpoint that knows no framework: adapters `mount` it. `undefined` means that the path is
 * not the handler's, and the framework goes on.
 */
export type HttpHandler = (
  request: HandlerRequest,
) => HandlerResponse | undefined | Promise<HandlerResponse | undefined>;
