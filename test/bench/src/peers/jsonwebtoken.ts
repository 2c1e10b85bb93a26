import jsonwebtoken from 'jsonwebtoken';
import type { Peer } from './peer.ts';

/** jsonwebtoken with a key that is already loaded. */
export const jsonWebToken: Peer = {
  name: 'jsonwebtoken',
  algorithms: ['RS256', 'PS256', 'ES256'],
  cold({ publicKey, algorithm, issuer, audience }) {
    const options = { issuer, audience, algorithms: [algorithm] as jsonwebtoken.Algorithm[] };
    return { verify: (token) => jsonwebtoken.verify(token, publicKey, options) };
  },
};
