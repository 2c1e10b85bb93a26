import { socketCertificate } from '@authly/core';
import { authly, spiffe } from '@authly/core/providers';
import { tampered, testIssuer } from '@authly/testing';
import { fetchByTls } from '../../support/tls.ts';
import type { ServerCounterpart } from '../counterpart.ts';
import { AUDIENCE, machine, refused, withApis } from '../frame/api-under-test.ts';
import type { Workbench } from '../frame/workbench.ts';
import { type Spire, startSpire, VERSION } from '../spire/server.ts';

const TRUST_DOMAIN = 'parcels.example';
const ISSUER = 'https://spire.parcels.example';

/** SPIRE itself, built from the Go module proxy. */
export const counterpart: ServerCounterpart = {
  description: `SPIRE ${VERSION}: JWT-SVIDs with and without \`iss\`, a new key, another trust domain, X.509-SVIDs`,
  async run(bench) {
    await tryWithoutIssuer(bench);
    await tryWithIssuer(bench);
  },
};

async function tryWithoutIssuer(bench: Workbench): Promise<void> {
  const server = await startSpire(bench, { trustDomain: TRUST_DOMAIN });
  const partner = await startSpire(bench, { trustDomain: 'partner.example' });
  const issuer = spiffe({ trustDomain: TRUST_DOMAIN, jwksUri: server.bundle });
  const invalid = (reason: string) => refused('invalid_token', reason);
  await withApis({ issuer, fetch: fetchByTls, scoped: false }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    const workload = (path: string) => machine(`spiffe://${TRUST_DOMAIN}${path}`);
    const nightly = await server.mint('/nightly');
    await note('a workload', workload('/nightly'), nightly);
    await note('a workload named /user/ada', workload('/user/ada'), await server.mint('/user/ada'));
    const changed = tampered(nightly, { sub: `spiffe://${TRUST_DOMAIN}/admin` });
    await note('a changed token', invalid('signature_invalid'), changed);
    const elsewhere = await server.mint('/nightly', 'https://letters.example');
    await note('a token for another API', invalid('audience_mismatch'), elsewhere);
    const foreign = await partner.mint('/nightly');
    await note('a workload of another trust domain', invalid('issuer_unknown'), foreign);
    await server.rotate();
    await note('a workload, by a new key', workload('/nightly'), await server.mint('/nightly'));
    await note('a workload, by the key before', workload('/nightly'), nightly);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });
  await tryCertificates(bench, server);
}

/**
 * Tests tokens of another issuer that are bound to X.509-SVIDs (RFC 8705). SPIRE itself issues no
 * such tokens.
 */
async function tryCertificates(bench: Workbench, server: Spire): Promise<void> {
  const { issuer, jwks, aClientToken } = testIssuer({ audience: AUDIENCE });
  const options = {
    issuer: authly({ issuer, jwks }),
    mtls: { mode: 'required', certificate: socketCertificate() },
    scoped: false,
    tls: true,
  } as const;
  const certificate = await server.mintCertificate('/nightly');
  const renewed = await server.mintCertificate('/nightly');
  const token = aClientToken({ client_id: 'nightly', sub: 'nightly' }, { boundTo: certificate });
  const invalid = (reason: string) => refused('invalid_token', reason);
  await withApis(options, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, shown?: typeof certificate) =>
      bench.note(check, expected, await visitedBy({ token, ...(shown && { certificate: shown }) }));
    await note('a token bound to an X.509-SVID', machine('nightly'), certificate);
    await note('the same after a renewal', invalid('certificate_mismatch'), renewed);
    await note('the same without a certificate', invalid('certificate_missing'));
  });
}

async function tryWithIssuer(bench: Workbench): Promise<void> {
  const trustDomain = 'issuer.example';
  const server = await startSpire(bench, { trustDomain, jwtIssuer: ISSUER });
  const token = await server.mint('/nightly');
  const named = spiffe({ trustDomain, issuer: ISSUER, jwksUri: server.bundle });
  await withApis({ issuer: named, fetch: fetchByTls, scoped: false }, async ({ visitedBy }) => {
    bench.note(
      'a workload of a server with `jwt_issuer`',
      machine(`spiffe://${trustDomain}/nightly`),
      await visitedBy({ token }),
    );
  });
  const unnamed = spiffe({ trustDomain, jwksUri: server.bundle });
  await withApis({ issuer: unnamed, fetch: fetchByTls, scoped: false }, async ({ visitedBy }) => {
    bench.note(
      'the same where the API knows of no `issuer`',
      refused('invalid_token', 'issuer_unknown'),
      await visitedBy({ token }),
    );
  });
}
