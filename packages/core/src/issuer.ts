import { createKeySet } from './keys/create-key-set.ts';
import type { KeySet } from './keys/key-set.ts';
import type { Provider } from './providers/provider.ts';
import type { ResolvedEntry, ResolvedOptions } from './resolve-options.ts';
import type { ClaimsPolicy } from './token/claims.ts';
import { type Algorithm, DEFAULT_ALGORITHMS } from './token/signature.ts';

/** A configured issuer with its keys and its policy: everything that a token of it is held against. */
export interface Issuer {
  readonly provider: Provider;
  /** For events: the configured name, or `iss`. */
  readonly name: string;
  readonly algorithms: readonly Algorithm[];
  readonly keySet: KeySet;
  readonly policy: ClaimsPolicy;
}

/** Joins a configured entry with its claims policy and its keys: those given, or new ones. */
export function createIssuer(
  { provider, audience }: ResolvedEntry,
  options: ResolvedOptions,
  keySet?: KeySet,
): Issuer {
  return Object.freeze({
    provider,
    name: provider.name ?? provider.issuer,
    algorithms: options.algorithms ?? provider.algorithms ?? DEFAULT_ALGORITHMS,
    keySet: keySet ?? keySetOf(provider, options),
    policy: Object.freeze({
      audience,
      types: provider.types,
      requiredClaims: provider.requiredClaims,
      clockToleranceSec: options.clockToleranceSec,
      accepts: provider.accepts,
    }),
  });
}

function keySetOf(provider: Provider, options: ResolvedOptions): KeySet {
  const { clock, fetch, events, keys: timing, keySnapshots: snapshot } = options;
  const { issuer, keyUses: uses } = provider;
  return createKeySet(provider.keys, {
    issuer,
    clock,
    fetch,
    events,
    timing,
    ...(uses && { uses }),
    ...(snapshot && { snapshot }),
  });
}
