import jsonwebtoken from 'jsonwebtoken';
import { JwksClient } from 'jwks-rsa';
import type { Peer } from './peer.ts';

/** jsonwebtoken with its keys from jwks-rsa. */
export const jwksRsa: Peer = {
  name: 'jsonwebtoken + jwks-rsa',
  algorithms: ['RS256', 'PS256', 'ES256'],
  cold({ jwksUri, algorithm, issuer, audience }) {
    const client = new JwksClient({ jwksUri });
    const options = { issuer, audience, algorithms: [algorithm] as jsonwebtoken.Algorithm[] };
    const findKey: jsonwebtoken.GetPublicKeyOrSecret = ({ kid }, callback) => {
      client.getSigningKey(kid, (error, key) => callback(error, key?.getPublicKey()));
    };
    return {
      verify: (token) =>
        new Promise((resolve, reject) => {
          jsonwebtoken.verify(token, findKey, options, (error, claims) =>
            error === null ? resolve(claims) : reject(error),
          );
        }),
    };
  },
};
