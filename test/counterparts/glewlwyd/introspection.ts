import { clientSecretBasic, clientSecretPost } from '@authly/core';
import { glewlwyd } from '@authly/core/providers';
import { type ApiUnderTest, machine, refused, user, withApis } from '../frame/api-under-test.ts';
import { revoke, unverifiedClaim } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { Glewlwyd } from './server.ts';
import {
  ANOTHER_API,
  ASKING,
  ASKING_BY_HEADER,
  DANA,
  HYPHENATED,
  MACHINE,
  machineAt,
  signInAt,
  TWIN,
  WEB,
} from './tokens.ts';

/** Tests introspection with a real Glewlwyd. All its access tokens are JWTs. */
export async function tryIntrospection(bench: Workbench, server: Glewlwyd): Promise<void> {
  const { issuer } = server;
  const askingApi = (
    jwts: 'confirm' | 'answer',
    meet: (api: ApiUnderTest) => Promise<void>,
    client = clientSecretPost(ASKING.id, ASKING.secret),
  ) => withApis({ issuer: glewlwyd(issuer), introspection: { client, jwts } }, meet);
  const inactive = refused('invalid_token', 'token_inactive');
  const dana = await signInAt(server, DANA);
  const twin = await signInAt(server, TWIN);
  const ended = await signInAt(server, DANA);
  await revoke(issuer, WEB, ended.accessToken);
  const idOf = (token: string) => unverifiedClaim(token, 'sub');

  await askingApi('answer', async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`jwts: 'answer'\``, expected, await visitedBy({ token }));
    await note('a user', user(idOf(dana.idToken), WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), await machineAt(server));
    await note('a user named like a client', user(idOf(twin.idToken), WEB.id), twin.accessToken);
    await note('a refresh token', inactive, dana.refreshToken);
    await note('an ID token', inactive, dana.idToken);
    await note('a revoked token', inactive, ended.accessToken);
    const elsewhere = await signInAt(server, DANA, { resource: ANOTHER_API });
    const mismatch = refused('invalid_token', 'audience_mismatch');
    await note('a token for another API', mismatch, elsewhere.accessToken);
    const unnamed = await machineAt(server, { parameters: {} });
    await note('a token for no API', mismatch, unnamed);
    const hyphenated = await machineAt(server, { client: HYPHENATED });
    const missing = refused('invalid_token', 'claim_missing');
    await note('a machine, by its secret in the form', missing, hyphenated);
    await note('made-up text', inactive, 'made-up-text');
  });
  await askingApi('confirm', async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`jwts: 'confirm'\``, expected, await visitedBy({ token }));
    await note('a user', user(idOf(dana.idToken), WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), await machineAt(server));
    await note('a revoked token', inactive, ended.accessToken);
  });
  const byHeader = clientSecretBasic(ASKING_BY_HEADER.id, ASKING_BY_HEADER.secret);
  await askingApi(
    'answer',
    async ({ visitedBy }) => {
      const got = await visitedBy({ token: dana.accessToken });
      bench.note("a user, asked about by the API's secret in the header", inactive, got);
    },
    byHeader,
  );
}
