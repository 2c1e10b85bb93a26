import { createVerifier } from 'fast-jwt';
import type { Target } from '../tokens/target.ts';
import { holdsScope } from './holds-scope.ts';
import { ALGORITHMS, type Peer } from './peer.ts';

const CACHED = 10_000;

/** fast-jwt with a key that is already loaded and with its own cache. Both frameworks use it directly. */
export const fastJwt: Peer = {
  name: 'fast-jwt',
  algorithms: ALGORITHMS,
  cold: (target) => ({ verify: verifierOf(target, false) }),
  warm: (target, { maxEntries }) => ({ verify: verifierOf(target, maxEntries) }),
  express(target) {
    const verify = verifierOf(target, CACHED);
    return [
      (request, response, next) => {
        try {
          response.locals['claims'] = verify((request.headers.authorization ?? '').slice(7));
        } catch {
          response.sendStatus(401);
          return;
        }
        next();
      },
      (_request, response, next) => {
        if (holdsScope(response.locals['claims'])) next();
        else response.sendStatus(403);
      },
    ];
  },
  koa(target) {
    const verify = verifierOf(target, CACHED);
    return [
      (context, next) => {
        try {
          context.state['claims'] = verify((context.req.headers.authorization ?? '').slice(7));
        } catch {
          context.status = 401;
          return undefined;
        }
        return next();
      },
      (context, next) => {
        if (holdsScope(context.state['claims'])) return next();
        context.status = 403;
        return undefined;
      },
    ];
  },
};

function verifierOf({ pem, algorithm, issuer, audience }: Target, cache: number | false) {
  return createVerifier({
    key: pem,
    algorithms: algorithm === 'EdDSA' ? ['EdDSA'] : [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    checkTyp: 'at+jwt',
    cache,
  });
}
