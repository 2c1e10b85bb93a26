import type { IntrospectionOptions } from '../introspection/options.ts';
import type { ResolvedEntry } from '../issuers/issuer-entry.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { ResourceServerOptions } from './options.ts';

/** The option `issuer`. It may have its audience and its introspection options as members. */
export type SingleIssuer = Provider & {
  readonly audience?: unknown;
  readonly introspection?: IntrospectionOptions | undefined;
};

/** Adds the top-level option `introspection` to the issuer. Throws `ConfigurationError` when the issuer has its own. */
export function withIntrospection(
  issuer: SingleIssuer,
  { introspection }: Pick<ResourceServerOptions, 'introspection'>,
): SingleIssuer {
  if (introspection === undefined) return issuer;
  if (issuer?.introspection === undefined) return { ...issuer, introspection };
  throw new ConfigurationError(
    'introspection is set twice: as an option, and as a member of issuer. Write it once: { issuer, audience, introspection: { client } }',
  );
}

/**
 * Checks that each issuer has `introspection.matches` if several issuers introspect. An opaque token does not name its
 * issuer, and it must only be sent to its own. Throws `ConfigurationError`.
 */
export function checkRouting(entries: readonly ResolvedEntry[]): void {
  const introspecting = entries.filter(({ introspection }) => introspection !== undefined);
  const without = introspecting.find(({ introspection }) => introspection?.matches === undefined);
  if (introspecting.length < 2 || without === undefined) return;
  throw new ConfigurationError(
    `Several issuers introspect, and nothing says which opaque tokens belong to ${without.provider.issuer}. Write: introspection: { client, matches: (token) => token.startsWith('ory_at_') }`,
  );
}
