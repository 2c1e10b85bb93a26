import type { Coverage } from './entry.ts';

export const rfc8414: Coverage = {
  rfc: 8414,
  title: 'OAuth 2.0 Authorization Server Metadata',
  scope: 'what `@authly/issuer` publishes, and what `@authly/core` reads of others',
  entries: [
    {
      id: 'RFC8414-2-a',
      level: 'MUST',
      behavior:
        'An issuer identifier is an https URL without query and fragment; no other is accepted.',
    },
    {
      id: 'RFC8414-2-b',
      level: 'MUST',
      behavior: 'issuer and token_endpoint are there.',
    },
    {
      id: 'RFC8414-2-c',
      level: 'MUST',
      behavior: 'response_types_supported is there.',
    },
    {
      id: 'RFC8414-2-d',
      level: 'MUST',
      behavior: 'jwks_uri is an https URL: where the public keys are, and no private one.',
    },
    {
      id: 'RFC8414-2-e',
      level: 'MAY',
      behavior: 'grant_types_supported and token_endpoint_auth_methods_supported say what is.',
    },
    {
      id: 'RFC8414-2-f',
      level: 'SHOULD',
      behavior: 'scopes_supported lists scopes where they are configured.',
    },
    {
      id: 'RFC8414-2.1-a',
      level: 'MAY',
      behavior: 'signed_metadata: the same values, signed.',
      declined: 'The document comes over TLS from the issuer itself.',
    },
    {
      id: 'RFC8414-3-a',
      level: 'MUST',
      behavior:
        'The document is at the well-known path, inserted between host and path of the issuer.',
    },
    {
      id: 'RFC8414-3.1-a',
      level: 'MUST',
      behavior: 'A slash at the end of the issuer is taken away before that.',
    },
    {
      id: 'RFC8414-3.2-a',
      level: 'MUST',
      behavior: 'It is answered with 200 and a JSON object of type application/json.',
    },
    {
      id: 'RFC8414-3.2-b',
      level: 'MUST',
      behavior: 'Members without a value are left out.',
    },
    {
      id: 'RFC8414-3.3-a',
      level: 'MUST',
      behavior:
        'Metadata that names another issuer than the configured one is not used, and no key of it.',
    },
  ],
};
