import { createResourceServer, type SingleIssuerOptions } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import {
  authenticate as authenticateExpress,
  requireScope as requireScopeExpress,
} from '@authly/express';
import { authenticate as authenticateKoa, requireScope as requireScopeKoa } from '@authly/koa';
import { SCOPE } from '../tokens/realistic-token.ts';
import type { Target } from '../tokens/target.ts';
import { ALGORITHMS, type Peer, type Verifier } from './peer.ts';

/** The options of a variant that differ from the default. */
type Variation = Pick<SingleIssuerOptions, 'cache' | 'signatureThread'>;

/** Authly, through its public entry points. */
export const authly: Peer = {
  name: 'authly',
  algorithms: ALGORITHMS,
  cold: (target) => verifier(target, { cache: false }),
  warm: (target, { maxEntries }) =>
    verifier(target, { cache: { maxEntries, maxBytes: maxEntries * 4_096 } }),
  ...middlewareWith({}),
};

/** The same without the cache: every token is verified completely. */
export const authlyUncached: Peer = {
  name: 'authly, no cache',
  algorithms: ALGORITHMS,
  ...middlewareWith({ cache: false }),
};

/** The same without the second thread. */
export const authlyOneThread: Peer = {
  name: 'authly, no cache, one thread',
  algorithms: ALGORITHMS,
  cold: (target) => verifier(target, { cache: false, signatureThread: false }),
  ...middlewareWith({ cache: false, signatureThread: false }),
};

function middlewareWith(variation: Variation): Required<Pick<Peer, 'express' | 'koa'>> {
  return {
    async express(target) {
      const middleware = authenticateExpress(optionsOf(target, variation));
      await middleware.resourceServer.ready();
      return [middleware, requireScopeExpress(SCOPE)];
    },
    async koa(target) {
      const middleware = authenticateKoa(optionsOf(target, variation));
      await middleware.resourceServer.ready();
      return [middleware, requireScopeKoa(SCOPE)];
    },
  };
}

async function verifier(target: Target, variation: Variation): Promise<Verifier> {
  const server = createResourceServer(optionsOf(target, variation));
  await server.ready();
  return { verify: (token) => server.verify(token), close: () => server.close() };
}

function optionsOf(
  { issuer, jwksUri, audience }: Target,
  variation: Variation,
): SingleIssuerOptions {
  return { issuer: rfc9068({ issuer, jwksUri }), audience, ...variation };
}
