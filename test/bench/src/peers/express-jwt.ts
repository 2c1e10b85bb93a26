import type { RequestHandler } from 'express';
import { expressjwt } from 'express-jwt';
import type jsonwebtoken from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import type { Target } from '../tokens/target.ts';
import { holdsScope } from './holds-scope.ts';
import { callMiddleware } from './middleware-call.ts';
import type { Peer } from './peer.ts';

/** express-jwt with its keys from jwks-rsa. */
export const expressJwt: Peer = {
  name: 'express-jwt + jwks-rsa',
  algorithms: ['RS256', 'PS256', 'ES256'],
  cold(target) {
    const middleware = middlewareOf(target);
    return { verify: (token) => callMiddleware(middleware, token) };
  },
  express: (target) => [
    middlewareOf(target),
    (request, response, next) => {
      if ('auth' in request && holdsScope(request.auth)) next();
      else response.sendStatus(403);
    },
  ],
};

function middlewareOf({ issuer, audience, jwksUri, algorithm }: Target): RequestHandler {
  return expressjwt({
    secret: jwksRsa.expressJwtSecret({ jwksUri, cache: true }),
    algorithms: [algorithm] as jsonwebtoken.Algorithm[],
    issuer,
    audience,
  });
}
