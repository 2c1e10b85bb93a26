import type { Coverage } from './entry.ts';

export const rfc8707: Coverage = {
  rfc: 8707,
  title: 'Resource Indicators for OAuth 2.0',
  scope: 'the client: `resource` of `@authly/client`',
  entries: [
    {
      id: 'RFC8707-2-a',
      level: 'MUST',
      behavior:
        'resource is an absolute URI without a fragment; anything else is refused at the start.',
    },
    {
      id: 'RFC8707-2-b',
      level: 'MAY',
      behavior: 'Several resources are several parameters.',
    },
    {
      id: 'RFC8707-2-c',
      level: 'SHOULD',
      behavior: 'invalid_target of the server is reported as a refusal of the request.',
    },
    {
      id: 'RFC8707-2.2-a',
      level: 'MAY',
      behavior:
        'A request for a token has resource, in the client credentials grant and in an exchange.',
    },
  ],
};
