/** Which `typ` headers are access tokens of the provider, in lower case, without `application/`. */
export interface TypePolicy {
  readonly accepted: readonly string[];
  /** Whether a token without `typ` is accepted. */
  readonly optional: boolean;
}
