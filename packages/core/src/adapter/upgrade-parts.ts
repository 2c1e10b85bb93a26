/** What is read and changed of the request of an upgrade: Node's own is one. */
export interface UpgradeRequest {
  readonly method?: string | undefined;
  /** Path and query as the client sent them. */
  readonly url?: string | undefined;
  readonly rawHeaders: string[];
  readonly headers: Record<string, string | string[] | undefined>;
  readonly socket: object;
}

/** What is used of the socket of an upgrade: Node's own is one, with TLS or without. */
export interface UpgradeSocket {
  readonly destroyed: boolean;
  end(text: string): unknown;
  destroy(): unknown;
  resume(): unknown;
  on(event: 'error' | 'close' | 'end', listener: () => void): unknown;
}
