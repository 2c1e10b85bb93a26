import type { Coverage } from './entry.ts';

export const rfc9470: Coverage = {
  rfc: 9470,
  title: 'OAuth 2.0 Step Up Authentication Challenge Protocol',
  scope: 'the resource server: `requireAuthenticationContext`',
  entries: [
    {
      id: 'RFC9470-3-a',
      level: 'MUST',
      behavior:
        'A sign-in that is not strong or recent enough: 401 and a challenge with insufficient_user_authentication.',
    },
    {
      id: 'RFC9470-3-b',
      level: 'MAY',
      behavior: 'acr_values lists the acceptable contexts, best first, with spaces between them.',
    },
    {
      id: 'RFC9470-3-c',
      level: 'MAY',
      behavior: 'max_age says how many seconds ago the sign-in may have been.',
    },
    {
      id: 'RFC9470-3-d',
      level: 'MAY',
      behavior: 'Both stand in one challenge where both are configured.',
    },
    {
      id: 'RFC9470-4-a',
      level: 'MUST',
      behavior: 'An authorization request with acr_values or max_age.',
      declined: 'The issuer has no login and no authorization requests.',
    },
    {
      id: 'RFC9470-6.1-a',
      level: 'MAY',
      behavior: 'acr and auth_time are read from the token; one that lacks them does not suffice.',
    },
    {
      id: 'RFC9470-6.2-a',
      level: 'MAY',
      behavior: 'acr and auth_time are read from token introspection.',
    },
  ],
};
