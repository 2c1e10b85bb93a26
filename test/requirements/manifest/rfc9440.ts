import type { Coverage } from './entry.ts';

export const rfc9440: Coverage = {
  rfc: 9440,
  title: 'Client-Cert HTTP Header Field',
  scope: 'the origin server: `headerCertificate({ format: "rfc9440" })`',
  entries: [
    {
      id: 'RFC9440-2.2-a',
      level: 'MUST',
      behavior: 'Client-Cert is one byte sequence: the DER of the certificate in base64.',
    },
    {
      id: 'RFC9440-2.4-a',
      level: 'MUST',
      behavior: 'The header is trusted only from the proxy that ends TLS.',
    },
  ],
};
