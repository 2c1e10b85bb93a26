import type { Coverage } from './entry.ts';

export const rfc8417: Coverage = {
  rfc: 8417,
  title: 'Security Event Token (SET)',
  scope:
    'a recipient: `securityEvents` of `@authly/signals`, and a resource server that is sent one',
  entries: [
    {
      id: 'RFC8417-2.2-a',
      level: 'MUST',
      behavior: 'iss, iat, jti and events are there, and events is an object.',
    },
    {
      id: 'RFC8417-2.3-a',
      level: 'SHOULD',
      behavior: 'typ is secevent+jwt, with or without application/.',
    },
    {
      id: 'RFC8417-4.5-a',
      level: 'MUST',
      behavior: 'A SET is no ID token, access token or other JWT, nor the other way round.',
    },
  ],
};
