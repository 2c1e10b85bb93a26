import { glewlwyd } from '@authly/core/providers';
import { tampered } from '@authly/testing';
import { AUDIENCE, machine, refused, SCOPE, user, withApis } from '../frame/api-under-test.ts';
import { refreshedToken, tokenByGrant, unverifiedClaim } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { Glewlwyd } from './server.ts';
import {
  ANOTHER_API,
  DANA,
  HYPHENATED,
  MACHINE,
  machineAt,
  PASSWORD,
  signInAt,
  TWIN,
  WEB,
} from './tokens.ts';

/** Tests the preset with the JWTs of a real Glewlwyd. */
export async function tryJwts(bench: Workbench, server: Glewlwyd): Promise<void> {
  const { issuer } = server;
  const dana = await signInAt(server, DANA);
  const twin = await signInAt(server, TWIN);
  const refreshed = await refreshedToken(issuer, WEB, dana.refreshToken);
  const idOf = (token: string) => unverifiedClaim(token, 'sub');
  const invalid = (reason: string) => refused('invalid_token', reason);

  await withApis({ issuer: glewlwyd(issuer) }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a user', user(idOf(dana.idToken), WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), await machineAt(server));
    const hyphenated = await machineAt(server, { client: HYPHENATED });
    await note('a machine, by its secret in the form', machine(HYPHENATED.id), hyphenated);
    await note('a user named like a client', user(idOf(twin.idToken), WEB.id), twin.accessToken);
    await note("a user's refreshed token", user(idOf(dana.idToken), WEB.id), refreshed);
    await note('an ID token', invalid('type_not_accepted'), dana.idToken);
    await note('a refresh token', invalid('token_malformed'), dana.refreshToken);
    await note('a changed token', invalid('signature_invalid'), tampered(dana.accessToken));
    const elsewhere = await signInAt(server, DANA, { resource: ANOTHER_API });
    await note('a token for another API', invalid('audience_mismatch'), elsewhere.accessToken);
    await note(
      'a token for no API',
      invalid('audience_mismatch'),
      await machineAt(server, { parameters: {} }),
    );
    const byPassword = await tokenByGrant(issuer, WEB, 'password', {
      username: DANA,
      password: PASSWORD,
      scope: SCOPE,
      resource: AUDIENCE,
    });
    await note('a token by the password grant', invalid('audience_mismatch'), byPassword);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });
}
