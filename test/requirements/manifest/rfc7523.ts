import type { Coverage } from './entry.ts';

export const rfc7523: Coverage = {
  rfc: 7523,
  title:
    'JSON Web Token (JWT) Profile for OAuth 2.0 Client Authentication and Authorization Grants',
  scope: 'the client: `privateKeyJwt` and `workloadToken`, and the grant of `exchange: entra`',
  entries: [
    {
      id: 'RFC7523-2.1-a',
      level: 'MUST',
      behavior: 'As a grant: grant_type is jwt-bearer, and assertion is one JWT.',
    },
    {
      id: 'RFC7523-2.2-a',
      level: 'MUST',
      behavior:
        'As authentication: client_assertion is one JWT, and client_assertion_type jwt-bearer.',
    },
    {
      id: 'RFC7523-3-a',
      level: 'MUST',
      behavior: 'iss and sub of an assertion that it makes are the client id.',
    },
    {
      id: 'RFC7523-3-b',
      level: 'MUST',
      behavior:
        'aud is the authorization server: its issuer, its token endpoint, or what is written.',
    },
    {
      id: 'RFC7523-3-c',
      level: 'MUST',
      behavior: 'exp is there, and near.',
    },
    {
      id: 'RFC7523-3-d',
      level: 'MAY',
      behavior: 'nbf, iat and jti are there; each assertion has a jti of its own.',
    },
    {
      id: 'RFC7523-3-e',
      level: 'MUST',
      behavior: 'It is signed, by a key of the client.',
    },
  ],
};
