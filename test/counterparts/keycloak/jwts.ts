import { keycloak } from '@authly/core/providers';
import { tampered } from '@authly/testing';
import { machine, refused, SCOPE, user, withApis } from '../frame/api-under-test.ts';
import { aKey, exchangedToken, unverifiedClaim, unverifiedKeyId } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { PRETENDER, registered, signWithNewKey } from './realm.ts';
import type { Keycloak } from './server.ts';
import { machineAt, signInAt, WEB } from './tokens.ts';

/** Tests the preset with the JWTs of a real Keycloak, verified without introspection. */
export async function tryJwts(
  bench: Workbench,
  issuer: string,
  { admin }: Keycloak,
): Promise<void> {
  const dana = await signInAt(issuer, WEB);
  const danaId = unverifiedClaim(dana.idToken, 'sub');
  const pretender = await signInAt(issuer, WEB, { name: PRETENDER });
  const exchanged = await exchangedToken(issuer, registered('exchanger'), {
    subject_token: dana.accessToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    scope: SCOPE,
  });
  const bound = await machineAt(issuer, 'nightly-sync', await aKey());
  const invalid = (reason: string) => refused('invalid_token', reason);

  await withApis({ issuer: keycloak(issuer) }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a user who signs in', user(danaId, WEB.id), dana.accessToken);
    await note('a machine', machine('nightly-sync'), await machineAt(issuer, 'nightly-sync'));
    await note(
      'a user named like a service account',
      user(unverifiedClaim(pretender.idToken, 'sub'), WEB.id),
      pretender.accessToken,
    );
    await note("a user's token that a service has exchanged", user(danaId, 'exchanger'), exchanged);
    await note('an ID token', invalid('type_not_accepted'), dana.idToken);
    await note('a refresh token', invalid('algorithm_not_allowed'), dana.refreshToken);
    await note('a changed token', invalid('signature_invalid'), tampered(dana.accessToken));
    const elsewhere = await machineAt(issuer, 'elsewhere-sync');
    await note('a token for another API', invalid('audience_mismatch'), elsewhere);
    await note('a bound token without `dpop`', invalid('sender_constraint_unsupported'), bound);
    await signWithNewKey(admin);
    const later = await machineAt(issuer, 'nightly-sync');
    if (unverifiedKeyId(later) === unverifiedKeyId(dana.accessToken)) throw new Error('No new key');
    await note('a machine, by a new key', machine('nightly-sync'), later);
    await note('a user, by the key before', user(danaId, WEB.id), dana.accessToken);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });
}
