import { socketCertificate } from '@authly/core';
import { keycloak } from '@authly/core/providers';
import { testCertificate } from '@authly/testing';
import { sendByTls } from '../../support/tls.ts';
import { AUDIENCE, machine, refused, SCOPE, user, withApis } from '../frame/api-under-test.ts';
import { textIn } from '../frame/json-members.ts';
import { aKey, unverifiedClaim } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { REALM, registered } from './realm.ts';
import type { Keycloak } from './server.ts';
import { machineAt, signInAt } from './tokens.ts';

const DPOP = { publicUrls: AUDIENCE } as const;

const MISMATCH = refused('invalid_token', 'binding_mismatch');

/** Tests DPoP and mutual TLS with the bound tokens of a real Keycloak. */
export async function tryBoundTokens(
  bench: Workbench,
  issuer: string,
  server: Keycloak,
): Promise<void> {
  await tryProofs(bench, issuer);
  await tryCertificates(bench, issuer, server);
}

async function tryProofs(bench: Workbench, issuer: string): Promise<void> {
  const [key, other] = [await aKey(), await aKey()];
  const web = registered('bound-web');
  const { accessToken: token, idToken } = await signInAt(issuer, web, { key });
  const danaId = unverifiedClaim(idToken, 'sub');
  const machines = await machineAt(issuer, 'bound-sync', key);
  await withApis({ issuer: keycloak(issuer), dpop: DPOP }, async ({ visitedBy }) => {
    bench.note('a bound user', user(danaId, web.id), await visitedBy({ token, key }));
    bench.note('a bound machine', machine('bound-sync'), await visitedBy({ token: machines, key }));
    bench.note(
      'a bound token as a Bearer token',
      refused('invalid_token', 'binding_scheme_mismatch'),
      await visitedBy({ token }),
    );
    bench.note(
      "a bound token with another key's proof",
      MISMATCH,
      await visitedBy({ token, key: other }),
    );
    bench.note(
      'one proof twice',
      '200, then 401 invalid_dpop_proof',
      await visitedBy({ token, key, sameProof: true }),
    );
  });
}

async function tryCertificates(
  bench: Workbench,
  issuer: string,
  { tlsOrigin, authority }: Keycloak,
): Promise<void> {
  const certificate = await testCertificate({ commonName: 'tls-sync', issuer: authority });
  const other = await testCertificate({ commonName: 'tls-sync', issuer: authority });
  const { id, secret } = registered('tls-sync');
  const answer = await sendByTls(`${tlsOrigin}/realms/${REALM}/protocol/openid-connect/token`, {
    method: 'POST',
    certificate,
    form: {
      grant_type: 'client_credentials',
      scope: SCOPE,
      client_id: id,
      client_secret: secret,
    },
  });
  const token = textIn(answer.body, 'access_token');
  const mtls = { certificate: socketCertificate() };
  await withApis({ issuer: keycloak(issuer), mtls, tls: true }, async ({ visitedBy }) => {
    bench.note(
      'a machine with its certificate',
      machine(id),
      await visitedBy({ token, certificate }),
    );
    bench.note(
      'the same with another certificate',
      refused('invalid_token', 'certificate_mismatch'),
      await visitedBy({ token, certificate: other }),
    );
    bench.note(
      'the same without a certificate',
      refused('invalid_token', 'certificate_missing'),
      await visitedBy({ token }),
    );
  });
}
