import type { Coverage } from './entry.ts';

export const rfc7662: Coverage = {
  rfc: 7662,
  title: 'OAuth 2.0 Token Introspection',
  scope: 'the resource server, where `introspection` is configured',
  entries: [
    {
      id: 'RFC7662-2.1-a',
      level: 'MUST',
      behavior:
        'The token is sent by POST, in a form, to an endpoint over TLS; http on loopback only.',
    },
    {
      id: 'RFC7662-2.1-b',
      level: 'MAY',
      behavior:
        'token_type_hint is sent always: some servers take a refresh token for a token without it.',
    },
    {
      id: 'RFC7662-2.2-a',
      level: 'MUST',
      behavior:
        'Only active: true is active; anything but a boolean is an outage, never an accepted token.',
    },
    {
      id: 'RFC7662-2.2-b',
      level: 'MUST',
      behavior: 'A token that the server calls inactive is refused with 401 invalid_token.',
    },
    {
      id: 'RFC7662-2.3-a',
      level: 'MUST',
      behavior: 'An error of the endpoint, also about our own credentials, is an outage (503).',
    },
    {
      id: 'RFC7662-4-a',
      level: 'MUST NOT',
      behavior: 'An answer is not used beyond its exp, however long answers are kept.',
    },
  ],
};
