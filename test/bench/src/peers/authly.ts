import { createResourceServer } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import {
  authenticate as authenticateExpress,
  requireScope as requireScopeExpress,
} from '@authly/express';
import { authenticate as authenticateKoa, requireScope as requireScopeKoa } from '@authly/koa';
import { SCOPE } from '../tokens/realistic-token.ts';
import type { Target } from '../tokens/target.ts';
import { ALGORITHMS, type CacheBounds, type Peer, type Verifier } from './peer.ts';

/** Ours, through its public entry points. */
export const authly: Peer = {
  name: 'authly',
  algorithms: ALGORITHMS,
  cold: (target) => verifier(target, false),
  warm: (target, bounds) => verifier(target, bounds),
  async express(target) {
    const middleware = authenticateExpress(optionsOf(target));
    await middleware.resourceServer.ready();
    return [middleware, requireScopeExpress(SCOPE)];
  },
  async koa(target) {
    const middleware = authenticateKoa(optionsOf(target));
    await middleware.resourceServer.ready();
    return [middleware, requireScopeKoa(SCOPE)];
  },
};

async function verifier(target: Target, cache: CacheBounds | false): Promise<Verifier> {
  const bounds = cache && { ...cache, maxBytes: cache.maxEntries * 4_096 };
  const server = createResourceServer({ ...optionsOf(target), cache: bounds });
  await server.ready();
  return { verify: (token) => server.verify(token), close: () => server.close() };
}

function optionsOf({ issuer, jwksUri, audience }: Target): {
  readonly issuer: ReturnType<typeof rfc9068>;
  readonly audience: string;
} {
  return { issuer: rfc9068({ issuer, jwksUri }), audience };
}
