/** The part of an upgrade request that is read and changed. Node's own request has it. */
export interface UpgradeRequest {
  readonly method?: string | undefined;
  /** Path and query as the client sent them. */
  readonly url?: string | undefined;
  readonly rawHeaders: string[];
  readonly headers: Record<string, string | string[] | undefined>;
  readonly socket: object;
}

/** The part of the socket of an upgrade that is used. Node's own sockets have it, with and without TLS. */
export interface UpgradeSocket {
  readonly destroyed: boolean;
  end(text: string): unknown;
  destroy(): unknown;
  resume(): unknown;
  on(event: 'error' | 'close' | 'end', listener: () => void): unknown;
}
