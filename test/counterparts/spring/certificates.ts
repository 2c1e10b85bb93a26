import { clientSecretBasic, socketCertificate } from '@authly/core';
import { testCertificate } from '@authly/testing';
import { fetchByTls, sendByTls } from '../../support/tls.ts';
import { machine, refused, SCOPE, withApis } from '../frame/api-under-test.ts';
import { textIn } from '../frame/json-members.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { TlsSpring } from './server.ts';
import { registered, springWithMark } from './tokens.ts';

/** Tests mutual TLS with tokens of the real server: JWTs, and opaque tokens by introspection. */
export async function tryCertificates(
  bench: Workbench,
  { issuer, authority }: TlsSpring,
): Promise<void> {
  const { id, secret } = registered('parcels-api');
  const options = {
    issuer: springWithMark(issuer),
    mtls: { certificate: socketCertificate() },
    introspection: { client: clientSecretBasic(id, secret) },
    fetch: fetchByTls,
    tls: true,
  };
  for (const clientId of ['tls-sync', 'tls-opaque-sync']) {
    const certificate = await testCertificate({ commonName: clientId, issuer: authority });
    const other = await testCertificate({ commonName: clientId, issuer: authority });
    const answer = await sendByTls(`${issuer}/oauth2/token`, {
      method: 'POST',
      // The server treats a chain of one certificate as self-signed.
      certificate: { ...certificate, cert: `${certificate.cert}\n${authority.cert}` },
      form: { grant_type: 'client_credentials', scope: SCOPE, client_id: clientId },
    });
    const token = textIn(answer.body, 'access_token');
    await withApis(options, async ({ visitedBy }) => {
      bench.note(
        `${clientId} with its certificate`,
        machine(clientId),
        await visitedBy({ token, certificate }),
      );
      bench.note(
        `${clientId} with another certificate`,
        refused('invalid_token', 'certificate_mismatch'),
        await visitedBy({ token, certificate: other }),
      );
      bench.note(
        `${clientId} without a certificate`,
        refused('invalid_token', 'certificate_missing'),
        await visitedBy({ token }),
      );
    });
  }
}
