import type { Coverage } from './entry.ts';

export const rfc6750: Coverage = {
  rfc: 6750,
  title: 'Bearer Token Usage',
  scope: 'the resource server: `@authly/core`, `@authly/express`, `@authly/koa`',
  entries: [
    {
      id: 'RFC6750-2.1-a',
      level: 'MUST',
      behavior: 'A token in the Authorization header, scheme Bearer in any case, is accepted.',
    },
    {
      id: 'RFC6750-2.1-b',
      level: 'MUST',
      behavior: 'What follows the scheme is one b64token and nothing else.',
    },
    {
      id: 'RFC6750-2.1-c',
      level: 'SHOULD',
      behavior: 'The client: the token goes into the Authorization header, and nowhere else.',
    },
    {
      id: 'RFC6750-2.2-a',
      level: 'MAY',
      behavior: 'A token in a form body is not looked at: this way is not supported.',
    },
    {
      id: 'RFC6750-2.3-a',
      level: 'SHOULD NOT',
      behavior: 'A token in the query is not looked at: this way is not supported.',
    },
    {
      id: 'RFC6750-3-a',
      level: 'MUST',
      behavior:
        'A request without credentials, or with a token that does not suffice, is answered with WWW-Authenticate.',
    },
    {
      id: 'RFC6750-3-b',
      level: 'MUST',
      behavior:
        'The challenge has the scheme Bearer and at least one parameter, none of them twice.',
    },
    {
      id: 'RFC6750-3-c',
      level: 'MAY',
      behavior: 'realm says what is protected.',
    },
    {
      id: 'RFC6750-3-d',
      level: 'MAY',
      behavior: 'scope names what the route needs, so that the next token suffices.',
    },
    {
      id: 'RFC6750-3-e',
      level: 'SHOULD',
      behavior:
        'error says why a token that was there failed, and error_description says it in words.',
    },
    {
      id: 'RFC6750-3-f',
      level: 'MUST NOT',
      behavior:
        'No value holds a character beyond those that its grammar allows, whatever a request holds.',
    },
    {
      id: 'RFC6750-3-g',
      level: 'MAY',
      behavior: 'error_uri: a page about the error.',
      declined: 'docs/errors.md is for operators; clients get the fixed description.',
    },
    {
      id: 'RFC6750-3.1-a',
      level: 'SHOULD',
      behavior: 'invalid_request, status 400: malformed or repeated credentials.',
    },
    {
      id: 'RFC6750-3.1-b',
      level: 'SHOULD',
      behavior: 'invalid_token, status 401: an expired, malformed or otherwise invalid token.',
    },
    {
      id: 'RFC6750-3.1-c',
      level: 'SHOULD',
      behavior: 'insufficient_scope, status 403, with the scopes that are needed.',
    },
    {
      id: 'RFC6750-3.1-d',
      level: 'SHOULD NOT',
      behavior:
        'Without credentials the challenge holds no error code and no other error information.',
    },
    {
      id: 'RFC6750-3.1-e',
      level: 'SHOULD NOT',
      behavior: 'Nor does it for another authentication scheme.',
    },
    {
      id: 'RFC6750-5.2-a',
      level: 'MUST',
      behavior: 'A token for another audience is refused.',
    },
    {
      id: 'RFC6750-5.3-a',
      level: 'SHOULD',
      behavior: 'The issuer’s tokens live for an hour or less, unless it is told otherwise.',
    },
  ],
};
