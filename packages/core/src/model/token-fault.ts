/**
 * What a refused token lacks, and what was expected, for the operator: it is in events and in `explain`, and never
 * in an answer. It holds names and values from the configuration and from RFCs, and nothing from the token.
 */
export interface TokenFault {
  /**
   * The claim that is missing or malformed. For a claim that a preset reads into the principal it is the
   * principal's name: `scopes`, `roles`.
   */
  readonly claim?: string;
  /** The audiences of which `aud` must name one. */
  readonly expectedAudience?: readonly string[];
  /** The `typ` headers that are accepted, in lower case, without `application/`. */
  readonly expectedTypes?: readonly string[];
  /** The token has no `typ` at all. */
  readonly typeAbsent?: true;
}
