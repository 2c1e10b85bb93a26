import { clientSecretBasic } from '@authly/client';
import { keycloak } from '@authly/core/providers';
import { AUDIENCE, machine, user } from '../frame/api-under-test.ts';
import { unverifiedClaim } from '../frame/openid-login.ts';
import { tryOwnClient } from '../frame/own-client.ts';
import type { Workbench } from '../frame/workbench.ts';
import { registered } from './realm.ts';
import { signInAt, WEB } from './tokens.ts';

/**
 * Tests `@authly/client` with a real Keycloak: for itself, with bound tokens, and on behalf of a
 * user.
 */
export async function tryOurClient(bench: Workbench, issuer: string): Promise<void> {
  const credentialsOf = (id: string) => clientSecretBasic(id, registered(id).secret);
  await tryOwnClient(bench, {
    check: 'a machine, by `@authly/client`',
    api: { issuer: keycloak(issuer) },
    source: { issuer, client: credentialsOf('nightly-sync') },
    expected: machine('nightly-sync'),
  });
  await tryOwnClient(bench, {
    check: 'a bound machine, by `@authly/client`',
    api: { issuer: keycloak(issuer), dpop: { mode: 'required', publicUrls: AUDIENCE } },
    source: { issuer, client: credentialsOf('bound-sync'), dpop: true },
    expected: machine('bound-sync'),
  });
  const dana = await signInAt(issuer, WEB);
  await tryOwnClient(bench, {
    check: 'on behalf of a user, by `@authly/client`',
    api: { issuer: keycloak(issuer) },
    source: {
      issuer,
      client: credentialsOf('exchanger'),
      parameters: { audience: AUDIENCE },
      exchange: 'keycloak',
    },
    subject: dana.accessToken,
    expected: user(unverifiedClaim(dana.idToken, 'sub'), 'exchanger'),
  });
}
