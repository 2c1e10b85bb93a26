import type { Coverage } from './entry.ts';

export const rfc8693: Coverage = {
  rfc: 8693,
  title: 'OAuth 2.0 Token Exchange',
  scope: 'the client: `onBehalfOf` of `@authly/client`, and the resource server: `principal.actor`',
  entries: [
    {
      id: 'RFC8693-2.1-a',
      level: 'MUST',
      behavior:
        'grant_type is token-exchange, with subject_token and subject_token_type, and the authentication of the client.',
    },
    {
      id: 'RFC8693-2.1-b',
      level: 'MAY',
      behavior: 'resource says what the new token is for.',
    },
    {
      id: 'RFC8693-2.1-c',
      level: 'MAY',
      behavior: 'scope says what it is to allow.',
    },
    {
      id: 'RFC8693-2.1-d',
      level: 'MAY',
      behavior: 'requested_token_type is an access token.',
    },
    {
      id: 'RFC8693-2.1-e',
      level: 'MAY',
      behavior: 'audience says what the new token is for, where the server knows it by that.',
    },
    {
      id: 'RFC8693-2.1-f',
      level: 'MAY',
      behavior: 'actor_token says who acts for the subject.',
      declined:
        'Who acts is the client, and the server knows it by its authentication. actor_token_type, which must not stand alone, is not sent either.',
    },
    {
      id: 'RFC8693-2.2.1-a',
      level: 'MUST',
      behavior:
        'issued_token_type of the answer is read: what is no access token is not used as one. Where a server leaves it out, an access token was asked for.',
    },
    {
      id: 'RFC8693-2.2.1-b',
      level: 'MUST',
      behavior:
        'token_type is read without case; N_A, and any type that it cannot use, is no usable token.',
    },
    {
      id: 'RFC8693-2.2.2-a',
      level: 'MUST',
      behavior:
        'invalid_request and similar errors are about the token of this caller, and do not delay other callers.',
    },
    {
      id: 'RFC8693-2.2.2-b',
      level: 'SHOULD',
      behavior: 'invalid_target is about what was asked for.',
    },
    {
      id: 'RFC8693-4.1-a',
      level: 'MUST',
      behavior:
        'The resource server: the outermost act is the actor, and those within it confer nothing.',
    },
    {
      id: 'RFC8693-4.1-b',
      level: 'MAY',
      behavior: 'The resource server: nested actors are told as history, the most recent first.',
    },
  ],
};
