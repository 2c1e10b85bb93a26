import { clientSecretBasic } from '@authly/core';
import { keycloak } from '@authly/core/providers';
import { type ApiUnderTest, machine, refused, user, withApis } from '../frame/api-under-test.ts';
import { revoke, unverifiedClaim } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { API_CLIENT, registered } from './realm.ts';
import { machineAt, signInAt, WEB } from './tokens.ts';

/**
 * Tests introspection with a real Keycloak. It has no opaque tokens, but JWTs with too few claims.
 */
export async function tryIntrospection(bench: Workbench, issuer: string): Promise<void> {
  const askingApi = (
    jwts: 'local' | 'confirm' | 'answer',
    meet: (api: ApiUnderTest) => Promise<void>,
  ) => {
    const client = clientSecretBasic(API_CLIENT.id, API_CLIENT.secret);
    return withApis({ issuer: keycloak(issuer), introspection: { client, jwts } }, meet);
  };
  const inactive = refused('invalid_token', 'token_inactive');
  const light = registered('light-web');
  const dana = await signInAt(issuer, light);
  const danaId = unverifiedClaim(dana.idToken, 'sub');

  await askingApi('answer', async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`jwts: 'answer'\``, expected, await visitedBy({ token }));
    await note("a user's lightweight token", user(danaId, light.id), dana.accessToken);
    await note(
      "a machine's lightweight token",
      machine('light-sync'),
      await machineAt(issuer, 'light-sync'),
    );
    await note('a token for another API', inactive, await machineAt(issuer, 'elsewhere-sync'));
    await note('an ID token', inactive, dana.idToken);
  });
  await askingApi('local', async ({ visitedBy }) => {
    bench.note(
      "a lightweight token, `jwts: 'local'`",
      refused('invalid_token', 'claim_missing'),
      await visitedBy({ token: dana.accessToken }),
    );
  });
  await askingApi('confirm', async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`jwts: 'confirm'\``, expected, await visitedBy({ token }));
    const plain = await signInAt(issuer, WEB);
    await note("a user's JWT", user(danaId, WEB.id), plain.accessToken);
    const ended = await signInAt(issuer, WEB);
    await revoke(issuer, WEB, ended.refreshToken);
    await note('a JWT whose refresh token was revoked', inactive, ended.accessToken);
  });
}
