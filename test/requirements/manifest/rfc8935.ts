import type { Coverage } from './entry.ts';

export const rfc8935: Coverage = {
  rfc: 8935,
  title: 'Push-Based Security Event Token (SET) Delivery Using HTTP',
  scope: 'a recipient: `securityEvents` of `@authly/signals`',
  entries: [
    {
      id: 'RFC8935-2.1-a',
      level: 'MUST',
      behavior: 'An event comes by POST, as application/secevent+jwt, one in a body.',
    },
    {
      id: 'RFC8935-2.2-a',
      level: 'MUST',
      behavior: 'An event that was taken is answered with 202 and an empty body.',
    },
    {
      id: 'RFC8935-2.2-b',
      level: 'MUST',
      behavior: 'An event that was there before is answered as the first one was.',
    },
    {
      id: 'RFC8935-2.3-a',
      level: 'MUST',
      behavior:
        'A refused event is answered with 400, JSON with err and description, and Content-Language.',
    },
    {
      id: 'RFC8935-2.4-a',
      level: 'MUST',
      behavior: 'err is a code of the registry: invalid_request, invalid_key, invalid_issuer, …',
    },
    {
      id: 'RFC8935-3-a',
      level: 'MAY',
      behavior: 'The transmitter is authenticated by its Authorization header.',
    },
  ],
};
