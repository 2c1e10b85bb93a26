/**
 * What a refused token lacks, and what was expected of it, for the operator: events and `explain` tell it,
 * answers do not. Names and values of the configuration and of the RFCs alone, nothing of the token.
 */
export interface TokenFault {
  /**
   * The claim that is missing or malformed. Where a preset reads one for the principal, the principal's
   * name for it: `scopes`, `roles`.
   */
  readonly claim?: string;
  /** The audiences of which `aud` must name one. */
  readonly expectedAudience?: readonly string[];
  /** The `typ` headers that are accepted, in lower case, without `application/`. */
  readonly expectedTypes?: readonly string[];
  /** The token has no `typ` at all. */
  readonly typeAbsent?: true;
}
