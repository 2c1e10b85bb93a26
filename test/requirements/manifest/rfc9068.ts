import type { Coverage } from './entry.ts';

export const rfc9068: Coverage = {
  rfc: 9068,
  title: 'JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens',
  scope: 'what `@authly/issuer` mints, and what the preset `rfc9068()` of `@authly/core` accepts',
  entries: [
    {
      id: 'RFC9068-2.1-a',
      level: 'MUST',
      behavior: 'A token is signed; one with alg none is refused.',
    },
    {
      id: 'RFC9068-2.1-b',
      level: 'MUST',
      behavior: 'RS256 is among the algorithms, of the issuer and of the resource server.',
    },
    {
      id: 'RFC9068-2.1-c',
      level: 'MUST',
      behavior: 'Minted tokens have the type at+jwt.',
    },
    {
      id: 'RFC9068-2.2-a',
      level: 'MUST',
      behavior: 'Minted tokens have iss, exp, aud, sub, client_id, iat and jti.',
    },
    {
      id: 'RFC9068-2.2-b',
      level: 'MUST',
      behavior: 'A token without iss, exp, aud, sub, client_id, iat or jti is refused.',
    },
    {
      id: 'RFC9068-2.2-c',
      level: 'SHOULD',
      behavior: 'Where no user takes part, sub is the client.',
    },
    {
      id: 'RFC9068-2.2.1-a',
      level: 'MAY',
      behavior: 'auth_time, acr and amr say how the user signed in, when that is known.',
    },
    {
      id: 'RFC9068-2.2.3-a',
      level: 'SHOULD',
      behavior: 'The claim scope holds the granted scopes.',
    },
    {
      id: 'RFC9068-2.2.3.1-a',
      level: 'SHOULD',
      behavior: 'groups, roles and entitlements are read as what the caller may do.',
    },
    {
      id: 'RFC9068-3-a',
      level: 'SHOULD',
      behavior: 'aud is the requested resource.',
    },
    {
      id: 'RFC9068-3-b',
      level: 'MUST',
      behavior: 'Without a requested resource, aud is the client’s sole audience.',
    },
    {
      id: 'RFC9068-4-a',
      level: 'MUST',
      behavior: 'The type is at+jwt or application/at+jwt; a token of any other is refused.',
    },
    {
      id: 'RFC9068-4-b',
      level: 'MUST',
      behavior: 'An encrypted token is decrypted with the keys of the resource server.',
      declined: 'Encrypted tokens are not supported: they are refused.',
    },
    {
      id: 'RFC9068-4-c',
      level: 'MUST',
      behavior: 'iss is exactly the configured issuer.',
    },
    {
      id: 'RFC9068-4-d',
      level: 'MUST',
      behavior: 'aud holds this API’s own identifier; a token for others is refused.',
    },
    {
      id: 'RFC9068-4-e',
      level: 'MUST',
      behavior: 'The signature is verified with a key of the issuer.',
    },
    {
      id: 'RFC9068-4-f',
      level: 'MUST',
      behavior: 'The time is before exp, but for a small tolerance.',
    },
    {
      id: 'RFC9068-4-g',
      level: 'MUST',
      behavior: 'Every failure of these checks is answered with invalid_token.',
    },
    {
      id: 'RFC9068-5-a',
      level: 'SHOULD',
      behavior: 'No client can have an id that is, or looks like, the sub of a user.',
    },
  ],
};
