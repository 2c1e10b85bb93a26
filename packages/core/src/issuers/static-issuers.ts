import { isTrue } from '../lib/callback-result.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { ResolvedEntry } from './issuer-entry.ts';
import type { Issuers } from './issuers.ts';
import { createTrustedIssuer, type IssuerContext } from './trusted-issuer.ts';

/**
 * The issuers of a list. An issuer is found by exact comparison of `iss`, except for the few providers whose tokens
 * have another `iss` than their metadata.
 */
export function createStaticIssuers(
  entries: readonly ResolvedEntry[],
  context: IssuerContext,
): Issuers {
  const issuers = entries.map((entry) => createTrustedIssuer(entry, context));
  const byIss = new Map(
    issuers
      .filter(({ provider }) => provider.names === undefined)
      .map((issuer) => [issuer.provider.issuer, issuer]),
  );
  const named = issuers.filter(({ provider }) => provider.names !== undefined);
  const introspecting = issuers.filter(({ introspector }) => introspector !== undefined);
  return {
    configured: issuers.map(({ provider }) => provider.issuer),
    introspecting,
    find(claims) {
      const iss = ownProperty(claims, 'iss');
      const exact = typeof iss === 'string' ? byIss.get(iss) : undefined;
      return exact ?? named.find(({ provider }) => isTrue(provider.names?.(claims)));
    },
    isCurrent: () => true,
    async ready(signal) {
      await Promise.all(
        issuers.flatMap(({ keySet, introspector }) => [
          keySet.ready(signal),
          introspector?.ready(signal),
        ]),
      );
    },
    close() {
      for (const { keySet, introspector } of issuers) {
        keySet.close();
        introspector?.close();
      }
    },
  };
}
