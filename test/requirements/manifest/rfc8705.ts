import type { Coverage } from './entry.ts';

export const rfc8705: Coverage = {
  rfc: 8705,
  title: 'OAuth 2.0 Mutual-TLS Client Authentication and Certificate-Bound Access Tokens',
  scope: 'the resource server: `mtls`',
  entries: [
    {
      id: 'RFC8705-3-a',
      level: 'MUST',
      behavior:
        'The certificate of the connection is the one that the token is bound to; else 401 `invalid_token`.',
    },
    {
      id: 'RFC8705-3.1-a',
      level: 'MUST',
      behavior: 'x5t#S256 is base64url of SHA-256 over the DER of the certificate.',
    },
    {
      id: 'RFC8705-3.2-a',
      level: 'MUST',
      behavior: 'An introspected token is bound by the cnf of the answer.',
    },
    {
      id: 'RFC8705-3.3-a',
      level: 'MAY',
      behavior: 'Metadata of the resource say whether certificate-bound tokens are accepted.',
    },
  ],
};
