import { createRemoteJWKSet, jwtVerify } from 'jose';
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

function verifierOf({ issuer, audience, algorithm, jwksUri }: Target) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const options = { issuer, audience, typ: 'at+jwt', algorithms: [algorithm] };
  return (token: string) => jwtVerify(token, keys, options);
}
