import type { Coverage } from './entry.ts';

export const rfc6749: Coverage = {
  rfc: 6749,
  title: 'The OAuth 2.0 Authorization Framework',
  scope:
    'the client credentials grant (section 4.4) and its errors (section 5.2): `@authly/issuer`, and the client of that grant: `@authly/client`',
  entries: [
    {
      id: 'RFC6749-4.4-a',
      level: 'MUST',
      behavior: 'The grant is for confidential clients alone: there is no client without a secret.',
    },
    {
      id: 'RFC6749-4.4.2-a',
      level: 'MUST',
      behavior: 'grant_type is client_credentials, in a form body.',
    },
    {
      id: 'RFC6749-4.4.2-b',
      level: 'MUST',
      behavior:
        'The client authenticates; without credentials, or with wrong ones, it gets no token.',
    },
    {
      id: 'RFC6749-4.4.2-c',
      level: 'MAY',
      behavior: 'scope may be left out: the client then gets the scopes that it may have.',
    },
    {
      id: 'RFC6749-4.4.3-a',
      level: 'MUST',
      behavior: 'A good request is answered with access_token, token_type and expires_in as JSON.',
    },
    {
      id: 'RFC6749-4.4.3-b',
      level: 'SHOULD NOT',
      behavior: 'No refresh token comes with it.',
    },
    {
      id: 'RFC6749-4.4.3-c',
      level: 'MUST',
      behavior: 'Answers that hold a token, and refusals, are kept by no cache (section 5.1).',
    },
    {
      id: 'RFC6749-5.2-a',
      level: 'MUST',
      behavior:
        'invalid_request, status 400: a missing or repeated parameter, several ways of authentication, another body than a form.',
    },
    {
      id: 'RFC6749-5.2-b',
      level: 'MUST',
      behavior: 'invalid_client, status 401: an unknown client, a wrong secret, no authentication.',
    },
    {
      id: 'RFC6749-5.2-c',
      level: 'MUST',
      behavior:
        'A client that failed with the Authorization header gets 401 and WWW-Authenticate of the scheme that it used.',
    },
    {
      id: 'RFC6749-5.2-d',
      level: 'MUST',
      behavior: 'unsupported_grant_type, status 400: any other grant.',
    },
    {
      id: 'RFC6749-5.2-e',
      level: 'MUST',
      behavior:
        'invalid_scope, status 400: a malformed scope, or one beyond what the client may have.',
    },
    {
      id: 'RFC6749-5.2-f',
      level: 'MUST',
      behavior:
        'Errors are a JSON object with error and error_description, in the characters that the RFC allows.',
    },
    {
      id: 'RFC6749-5.2-g',
      level: 'MUST',
      behavior: 'unauthorized_client: the client may not use this grant.',
      declined: 'There is one grant, and every registered client may use it.',
    },
    {
      id: 'RFC6749-5.2-h',
      level: 'MUST',
      behavior: 'invalid_grant: a bad authorization code or refresh token.',
      declined: 'There are neither codes nor refresh tokens.',
    },
    {
      id: 'RFC6749-5.2-i',
      level: 'MAY',
      behavior: 'error_uri: a page about the error.',
      declined: 'docs/errors.md is for operators; clients get the fixed description.',
    },
    {
      id: 'RFC6749-2.3-a',
      level: 'MUST NOT',
      behavior: 'The client: it authenticates in one way in each request.',
    },
    {
      id: 'RFC6749-2.3.1-a',
      level: 'MUST',
      behavior:
        'The client: id and secret are encoded as a form before they stand in a Basic header.',
    },
    {
      id: 'RFC6749-3.2-a',
      level: 'MUST',
      behavior: 'The client: the token endpoint is asked by POST, over https, but on loopback.',
    },
    {
      id: 'RFC6749-3.3-a',
      level: 'MUST',
      behavior: 'The client: scope is a list with spaces between.',
    },
    {
      id: 'RFC6749-4.4.2-d',
      level: 'MUST',
      behavior: 'The client: grant_type is client_credentials, in a form, with its authentication.',
    },
    {
      id: 'RFC6749-5.1-a',
      level: 'MUST',
      behavior:
        'The client: where scope in the answer differs from what was asked for, that is what it has.',
    },
    {
      id: 'RFC6749-5.1-b',
      level: 'SHOULD',
      behavior:
        'The client: expires_in is the life of the token, from the request on; without it another rule decides.',
    },
    {
      id: 'RFC6749-5.1-c',
      level: 'MUST',
      behavior: 'The client: members of the answer that it does not know are ignored.',
    },
    {
      id: 'RFC6749-5.1-d',
      level: 'MAY',
      behavior: 'The client: a refresh token is not used; a new token is asked for by the grant.',
    },
    {
      id: 'RFC6749-5.2-j',
      level: 'MUST',
      behavior:
        'The client: a refusal is reported with its status, and with its error if that is a registered one; nothing else of it is shown.',
    },
    {
      id: 'RFC6749-7.1-a',
      level: 'MUST NOT',
      behavior: 'The client: a token of a type that it does not understand is not used.',
    },
    {
      id: 'RFC6749-10.2-a',
      level: 'MUST',
      behavior:
        'The client: its credentials are shown by nothing that prints, and stand in no event and no error.',
    },
  ],
};
