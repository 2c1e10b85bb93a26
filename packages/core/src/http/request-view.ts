/**
 * What the resource server reads of a request. An adapter makes one from its framework's request;
 * it is read, never kept.
 */
export interface RequestView {
  /** Method as it stands on the request line: `GET`. */
  readonly method: string;
  /** Path and query as the client sent them, before any router took a part away. */
  readonly url: string;
  /**
   * A header's value by its lower-case name: `undefined` when absent, a list when the request
   * carries the header more than once. Never joined by commas: a second `Authorization` must show.
   */
  header(name: string): string | readonly string[] | undefined;
}
