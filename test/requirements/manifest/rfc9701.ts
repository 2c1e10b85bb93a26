import type { Coverage } from './entry.ts';

export const rfc9701: Coverage = {
  rfc: 9701,
  title: 'JWT Response for OAuth Token Introspection',
  scope: 'the resource server, where `introspection.signed` is configured',
  entries: [
    {
      id: 'RFC9701-4-a',
      level: 'MUST',
      behavior: 'A signed answer is asked for by Accept: application/token-introspection+jwt.',
    },
    {
      id: 'RFC9701-5-a',
      level: 'MUST',
      behavior:
        'The answer is what stands in token_introspection; the other claims say nothing about the token.',
    },
    {
      id: 'RFC9701-5-b',
      level: 'MUST',
      behavior: 'typ, iss, aud, iat and the signature of a signed answer must hold.',
    },
    {
      id: 'RFC9701-8.1-a',
      level: 'MUST',
      behavior: 'A signed answer does not pass as an access token.',
    },
  ],
};
