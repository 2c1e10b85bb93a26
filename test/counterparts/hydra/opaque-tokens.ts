import { anonymous } from '@authly/core';
import { hydra } from '@authly/core/providers';
import { machine, refused, user, withApis } from '../frame/api-under-test.ts';
import { revoke } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { Hydra } from './server.ts';
import { AUDIENCE_BELOW, MACHINE, machineAt, signInAt, WEB } from './tokens.ts';

/** Tests introspection with the opaque tokens of a real Hydra, at its admin port. */
export async function tryOpaqueTokens(bench: Workbench, server: Hydra): Promise<void> {
  const issuer = hydra({ issuer: server.issuer, subjectNamespaces: 'disjoint' });
  const introspection = { client: anonymous(), endpoint: server.introspectionEndpoint };
  const dana = await signInAt(server);
  const ended = await signInAt(server);
  await revoke(server.issuer, WEB, ended.accessToken);
  const invalid = (reason: string) => refused('invalid_token', reason);
  await withApis({ issuer, introspection }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, opaque`, expected, await visitedBy({ token }));
    await note('a user', user('dana', WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), await machineAt(server));
    await note('a refresh token', invalid('type_not_accepted'), dana.refreshToken);
    await note('a revoked token', invalid('token_inactive'), ended.accessToken);
    const below = await machineAt(server, { audience: AUDIENCE_BELOW });
    await note('a token for a path below the audience', invalid('audience_mismatch'), below);
    await note('a token for no API', invalid('audience_mismatch'), await machineAt(server, {}));
    await note('made-up text', invalid('token_inactive'), 'ory_at_made-up.text');
  });
}
