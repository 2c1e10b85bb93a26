import type { IntrospectionOptions } from '../introspection/options.ts';
import type { ResolvedEntry } from '../issuers/issuer-entry.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { ResourceServerOptions } from './options.ts';

/** A single issuer as it is given: it may bring its audience and its introspection along. */
export type SingleIssuer = Provider & {
  readonly audience?: unknown;
  readonly introspection?: IntrospectionOptions | undefined;
};

/** The issuer with the introspection that stands beside it. Throws `ConfigurationError` when both have one. */
export function withIntrospection(
  issuer: SingleIssuer,
  { introspection }: Pick<ResourceServerOptions, 'introspection'>,
): SingleIssuer {
  if (introspection === undefined) return issuer;
  if (issuer?.introspection === undefined) return { ...issuer, introspection };
  throw new ConfigurationError(
    'introspection stands beside issuer and in it. Write it once: { issuer, audience, introspection: { client } }',
  );
}

/**
 * Where several issuers introspect, each must say which tokens are its own: an opaque token names no issuer,
 * and is shown to none but its own. Throws `ConfigurationError`.
 */
export function checkRouting(entries: readonly ResolvedEntry[]): void {
  const introspecting = entries.filter(({ introspection }) => introspection !== undefined);
  const without = introspecting.find(({ introspection }) => introspection?.matches === undefined);
  if (introspecting.length < 2 || without === undefined) return;
  throw new ConfigurationError(
    `Several issuers introspect, and nothing says which opaque tokens are those of ${without.provider.issuer}. Write: introspection: { client, matches: (token) => token.startsWith('ory_at_') }`,
  );
}
