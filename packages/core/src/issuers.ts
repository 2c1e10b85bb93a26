import { createDynamicIssuers } from './dynamic-issuers.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import type { TokenClaims } from './principal.ts';
import type { ResolvedEntry, ResolvedOptions } from './resolve-options.ts';

/** The issuers of a resource server. */
export interface Issuers {
  /** The issuer that an unverified token names, if it is configured. Never makes a request to it. */
  find(claims: TokenClaims): Issuer | undefined | Promise<Issuer | undefined>;
  /** Whether an issuer that `find` gave earlier is still configured so. */
  isCurrent(issuer: Issuer): boolean;
  /** Resolves once every configured issuer's keys are there. */
  ready(signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** The issuers of a list, or those that a resolver finds. */
export function createIssuers(options: ResolvedOptions): Issuers {
  return typeof options.issuers === 'function'
    ? createDynamicIssuers(options.issuers, options)
    : createStaticIssuers(options.issuers, options);
}

// Found by exact comparison of `iss`, but for the few providers whose tokens name themselves otherwise.
function createStaticIssuers(entries: readonly ResolvedEntry[], options: ResolvedOptions): Issuers {
  const issuers = entries.map((entry) => createIssuer(entry, options));
  const byIss = new Map(
    issuers
      .filter(({ provider }) => provider.names === undefined)
      .map((issuer) => [issuer.provider.issuer, issuer]),
  );
  const named = issuers.filter(({ provider }) => provider.names !== undefined);
  return {
    find(claims) {
      const iss = Object.hasOwn(claims, 'iss') ? claims.iss : undefined;
      const exact = typeof iss === 'string' ? byIss.get(iss) : undefined;
      return exact ?? named.find(({ provider }) => provider.names?.(claims) === true);
    },
    isCurrent: () => true,
    async ready(signal) {
      await Promise.all(issuers.map(({ keySet }) => keySet.ready(signal)));
    },
    close() {
      for (const { keySet } of issuers) keySet.close();
    },
  };
}
