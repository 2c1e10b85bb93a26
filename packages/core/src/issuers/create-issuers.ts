import { createDynamicIssuers, type DynamicIssuersContext } from './dynamic-issuers.ts';
import type { ResolvedEntry } from './issuer-entry.ts';
import type { IssuerResolver } from './issuer-resolver.ts';
import type { Issuers } from './issuers.ts';
import { createStaticIssuers } from './static-issuers.ts';

/** What the issuers of a resource server are made from. */
export interface IssuersContext extends DynamicIssuersContext {
  readonly issuers: readonly ResolvedEntry[] | IssuerResolver;
}

/** Makes the issuers from a list or from a resolver. */
export function createIssuers(options: IssuersContext): Issuers {
  return typeof options.issuers === 'function'
    ? createDynamicIssuers(options.issuers, options)
    : createStaticIssuers(options.issuers, options);
}
