import type { AudienceFreeProvider, AudienceProvider, Provider } from '../providers/provider.ts';

/** One or more values of `aud`: a token needs any one of them. */
export type Audience = string | readonly [string, ...string[]];

/** One of several issuers, with the audience that its tokens are for. */
export type IssuerEntry =
  | (AudienceProvider & { readonly audience: Audience })
  | AudienceFreeProvider;

/** One issuer as the pipeline needs it, before its keys. */
export interface ResolvedEntry {
  readonly provider: Provider;
  readonly audience: readonly string[] | undefined;
}
