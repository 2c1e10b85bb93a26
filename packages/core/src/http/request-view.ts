/**
 * What the resource server reads of a request. An adapter makes one from its framework's request;
 * it is read, never kept. A view made by hand may leave out optional members; a check that needs one of them
 * then refuses the request.
 */
export interface RequestView {
  /** Method as it stands on the request line: `GET`. */
  readonly method: string;
  /**
   * The method that routes go by, where middleware may have put another in the place of that on the
   * request line (method-override). Left out: the same.
   */
  readonly routedMethod?: string | undefined;
  /** Path and query as the client sent them, before any router took a part away. */
  readonly url: string;
  /**
   * A header's value by its lower-case name: `undefined` when absent, a list when the request
   * carries the header more than once. Never joined by commas: a second `Authorization` must show.
   */
  header(name: string): string | readonly string[] | undefined;
  /** The framework's own request (Express `req`, Koa `ctx`): one object for one request. */
  readonly identity?: object | undefined;
  /**
   * IP address of the other end of the connection: the client, or the proxy in front of this
   * server. Never an address that a header forwards, whatever the framework's `trust proxy` says:
   * any client can write such a header. `undefined` where there is no such address (a Unix domain
   * socket), or where the connection has ended.
   */
  readonly peerAddress?: string | undefined;
  /**
   * Whether the connection came over a Unix domain socket that this server listens on: then the permissions of
   * the socket's file decided who may connect. A missing address does not show that: a connection that has
   * ended has no address either.
   */
  readonly overUnixSocket?: boolean | undefined;
  /**
   * The certificate that the peer presented in this connection's TLS handshake, as DER (RFC 5280).
   * `undefined` when there is none or the connection has ended. The handshake proved that the peer
   * holds its key; neither its issuer nor its dates are checked here.
   */
  peerCertificate?(): Uint8Array | undefined;
  /**
   * Sets a header of the response, also where the request goes on to the application, which may replace it
   * later. Does nothing once the response's headers are sent, nor, with `unlessSet`, where the response has the
   * header already.
   */
  readonly setResponseHeader?: SetResponseHeader | undefined;
}

/** How a {@link RequestView} sets a header of the response. */
export type SetResponseHeader = (
  name: string,
  value: string,
  options?: { readonly unlessSet?: boolean },
) => void;
