import type { IntrospectionOptions } from '../introspection/options.ts';
import type { ResolvedIntrospection } from '../introspection/resolve-introspection.ts';
import type { AudienceFreeProvider, AudienceProvider, Provider } from '../providers/provider.ts';

/** One or more values of `aud`: a token needs any one of them. */
export type Audience = string | readonly [string, ...string[]];

/** One of several issuers, with the audience that its tokens are for. */
export type IssuerEntry = (
  | (AudienceProvider & { readonly audience: Audience })
  | AudienceFreeProvider
) & {
  /** How its opaque tokens are introspected (RFC 7662). Without it they are refused. */
  readonly introspection?: IntrospectionOptions | undefined;
};

/** One checked issuer, before its keys are set up. */
export interface ResolvedEntry {
  readonly provider: Provider;
  readonly audience: readonly string[] | undefined;
  readonly introspection?: ResolvedIntrospection | undefined;
}
