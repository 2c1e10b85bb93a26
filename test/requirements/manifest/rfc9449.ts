import type { Coverage } from './entry.ts';

export const rfc9449: Coverage = {
  rfc: 9449,
  title: 'OAuth 2.0 Demonstrating Proof of Possession (DPoP)',
  scope: 'the resource server: `dpop`, and the client: `dpop` of `@authly/client`',
  entries: [
    {
      id: 'RFC9449-4.3-a',
      level: 'MUST',
      behavior: 'There is not more than one DPoP header, and it is one well-formed JWT.',
    },
    {
      id: 'RFC9449-4.3-b',
      level: 'MUST',
      behavior: 'All required claims are there, and typ is dpop+jwt.',
    },
    {
      id: 'RFC9449-4.3-c',
      level: 'MUST',
      behavior: 'alg is asymmetric, not none, and accepted by configuration.',
    },
    {
      id: 'RFC9449-4.3-d',
      level: 'MUST',
      behavior: 'The signature holds by the key in jwk, which is no private key.',
    },
    {
      id: 'RFC9449-4.3-e',
      level: 'MUST',
      behavior: 'htm is the method of the request.',
    },
    {
      id: 'RFC9449-4.3-f',
      level: 'MUST',
      behavior: 'htu is the URL of the request, query and fragment ignored.',
    },
    {
      id: 'RFC9449-4.3-g',
      level: 'SHOULD',
      behavior: 'Both URLs are normalized by syntax and scheme before they are compared.',
    },
    {
      id: 'RFC9449-4.3-h',
      level: 'MUST',
      behavior: 'The proof was made within an acceptable time.',
    },
    {
      id: 'RFC9449-4.3-i',
      level: 'MUST',
      behavior: 'ath is the hash of the token, and the token is bound to the key of the proof.',
    },
    {
      id: 'RFC9449-7.1-a',
      level: 'MUST',
      behavior:
        'A token under the scheme DPoP is refused without a proof, or when it is not bound.',
    },
    {
      id: 'RFC9449-7.1-b',
      level: 'SHOULD',
      behavior:
        'A challenge names the accepted algorithms in algs, and a bad proof as invalid_dpop_proof.',
    },
    {
      id: 'RFC9449-7.2-a',
      level: 'MUST',
      behavior: 'A bound token that is sent as a Bearer token is refused.',
    },
    {
      id: 'RFC9449-9-a',
      level: 'MUST',
      behavior: 'Where nonces are asked for: 401, use_dpop_nonce, and the nonce in DPoP-Nonce.',
    },
    {
      id: 'RFC9449-8.2-a',
      level: 'MAY',
      behavior:
        'A successful answer gives a new nonce when that of the client is old, and is not to be cached.',
    },
    {
      id: 'RFC9449-11.1-a',
      level: 'MAY',
      behavior:
        'A proof is accepted once, by the jti and the key, for as long as its time is accepted.',
    },
    {
      id: 'RFC9449-11.3-a',
      level: 'MUST',
      behavior: 'Where nonces are asked for, a proof without one is refused.',
    },
    {
      id: 'RFC9449-6.2-a',
      level: 'MUST',
      behavior: 'The binding of a token is read from token introspection.',
    },
    {
      id: 'RFC9449-4.2-a',
      level: 'MUST',
      behavior:
        'The client: a proof has typ, alg and the public jwk, and jti, htm, htu without query and fragment, and iat.',
    },
    {
      id: 'RFC9449-4.2-b',
      level: 'MUST',
      behavior:
        'The client: each request has a proof of its own, with a new jti; at an API with ath, the hash of the token.',
    },
    {
      id: 'RFC9449-5-a',
      level: 'MUST',
      behavior:
        'The client: a request for a token has a proof by the key that the token is to be bound to.',
    },
    {
      id: 'RFC9449-5-b',
      level: 'MUST',
      behavior:
        'The client: a Bearer token that comes where a bound one was asked for is thrown away.',
    },
    {
      id: 'RFC9449-5.1-a',
      level: 'MAY',
      behavior:
        'The client: dpop_signing_alg_values_supported of the metadata decides its algorithm.',
    },
    {
      id: 'RFC9449-7.1-c',
      level: 'MUST',
      behavior:
        'The client: a bound token goes into the Authorization header under the scheme DPoP, with the proof in DPoP.',
    },
    {
      id: 'RFC9449-8-a',
      level: 'MUST',
      behavior:
        'The client: with use_dpop_nonce, the request is sent again with the nonce of DPoP-Nonce.',
    },
    {
      id: 'RFC9449-8.2-b',
      level: 'MUST',
      behavior:
        'The client: the nonce of the last answer is that of the next proof, also when the answer is a good one.',
    },
    {
      id: 'RFC9449-9-b',
      level: 'MUST',
      behavior: 'The client: nonces of the authorization server and of an API are kept apart.',
    },
  ],
};
