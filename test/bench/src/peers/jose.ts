import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { Target } from '../tokens/target.ts';
import { holdsScope } from './holds-scope.ts';
import { ALGORITHMS, type Peer } from './peer.ts';

/** jose with a remote key set; used directly on Express. */
export const jose: Peer = {
  name: 'jose',
  algorithms: ALGORITHMS,
  cold: (target) => ({ verify: verifierOf(target) }),
  express(target) {
    const verify = verifierOf(target);
    return [
      (request, response, next) => {
        verify((request.headers.authorization ?? '').slice(7)).then(
          ({ payload }) => {
            response.locals['claims'] = payload;
            next();
          },
          () => response.sendStatus(401),
        );
      },
      (_request, response, next) => {
        if (holdsScope(response.locals['claims'])) next();
        else response.sendStatus(403);
      },
    ];
  },
};

/** The same with a Map of verified tokens: the ten lines that an API writes by hand. */
export const joseCached: Peer = {
  name: 'jose and a Map, by hand',
  algorithms: ALGORITHMS,
  express(target) {
    const verify = verifierOf(target);
    const known = new Map<string, JWTPayload>();
    return [
      (request, response, next) => {
        const token = (request.headers.authorization ?? '').slice(7);
        const claims = known.get(token);
        if (claims !== undefined && (claims.exp ?? 0) > Date.now() / 1_000) {
          response.locals['claims'] = claims;
          next();
          return;
        }
        verify(token).then(
          ({ payload }) => {
            known.set(token, payload);
            response.locals['claims'] = payload;
            next();
          },
          () => response.sendStatus(401),
        );
      },
      (_request, response, next) => {
        if (holdsScope(response.locals['claims'])) next();
        else response.sendStatus(403);
      },
    ];
  },
};

function verifierOf({ issuer, audience, algorithm, jwksUri }: Target) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const options = { issuer, audience, typ: 'at+jwt', algorithms: [algorithm] };
  return (token: string) => jwtVerify(token, keys, options);
}
