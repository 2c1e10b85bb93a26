import { allowInsecureRequests, validateJwtAccessToken } from 'oauth4webapi';
import { ALGORITHMS, type Peer } from './peer.ts';

/** oauth4webapi with its own key cache. It verifies a Fetch request, so one is made for each token. */
export const oauth4webapi: Peer = {
  name: 'oauth4webapi',
  algorithms: ALGORITHMS,
  cold({ issuer, audience, jwksUri }) {
    const server = { issuer, jwks_uri: jwksUri };
    // The key server is on the loopback interface, without TLS.
    const options = { [allowInsecureRequests]: true };
    return {
      verify(token) {
        const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } });
        return validateJwtAccessToken(server, request, audience, options);
      },
    };
  },
};
