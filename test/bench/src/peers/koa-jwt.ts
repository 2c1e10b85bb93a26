import jwksRsa from 'jwks-rsa';
import type { Context, Middleware } from 'koa';
import koaJwtMiddleware from 'koa-jwt';
import type { Target } from '../tokens/target.ts';
import { holdsScope } from './holds-scope.ts';
import type { Peer } from './peer.ts';

/** koa-jwt with its keys from jwks-rsa. */
export const koaJwt: Peer = {
  name: 'koa-jwt + jwks-rsa',
  algorithms: ['RS256', 'PS256', 'ES256'],
  cold(target) {
    const middleware = middlewareOf(target);
    return { verify: (token) => middleware(contextWith(token), nothing) };
  },
  koa: (target) => [
    middlewareOf(target),
    (context, next) => {
      if (holdsScope(context.state['user'])) return next();
      context.status = 403;
      return undefined;
    },
  ],
};

function middlewareOf({ issuer, audience, jwksUri, algorithm }: Target): Middleware {
  return koaJwtMiddleware({
    secret: jwksRsa.koaJwtSecret({ jwksUri, cache: true }),
    algorithms: [algorithm],
    issuer,
    audience,
  });
}

/** The few properties of a context that koa-jwt reads. */
function contextWith(token: string): Context {
  const context = {
    header: { authorization: `Bearer ${token}` },
    state: {},
    throw(status: number) {
      throw new Error(`refused with ${status}`);
    },
  };
  return context as unknown as Context;
}

async function nothing(): Promise<void> {}
