import { AUDIENCE, aClock, ISSUER, jwks } from '../../../test/support/tokens.ts';
import { createResourceServer } from '../src/create-resource-server.ts';
import type { AnyResourceServerOptions } from '../src/options/options.ts';
import { rfc9068 } from '../src/providers/rfc9068.ts';
import type { ResourceServer } from '../src/resource-server.ts';

/**
 * A resource server that accepts the tokens of `test/support/tokens.ts`. It is made from the source
 * by path, and not as `@authly/core`, so that mutation testing reaches it.
 */
export function aResourceServer(
  options: Partial<AnyResourceServerOptions> = {},
): ResourceServer<unknown> {
  const single = { issuer: rfc9068({ issuer: ISSUER, jwks }), audience: AUDIENCE };
  const merged = { clock: aClock(), ...('issuers' in options ? {} : single), ...options };
  return createResourceServer(merged as AnyResourceServerOptions);
}
