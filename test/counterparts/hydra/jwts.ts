import { clientSecretBasic } from '@authly/client';
import { hydra } from '@authly/core/providers';
import { tampered } from '@authly/testing';
import { AUDIENCE, machine, refused, user, withApis } from '../frame/api-under-test.ts';
import { aKey } from '../frame/openid-login.ts';
import { tryOwnClient } from '../frame/own-client.ts';
import { hydraWithMark } from '../frame/signalled-presets.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { Hydra } from './server.ts';
import { AUDIENCE_BELOW, MACHINE, machineAt, signInAt, WEB } from './tokens.ts';

/**
 * Tests the preset with the JWTs of a real Hydra: by the mark of the token hook, and by
 * `'disjoint'`.
 */
export async function tryJwts(bench: Workbench, server: Hydra): Promise<void> {
  const dana = await signInAt(server);
  const twin = await signInAt(server, { subject: MACHINE.id });
  const invalid = (reason: string) => refused('invalid_token', reason);

  await withApis({ issuer: hydraWithMark(server.issuer) }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a user, by the mark of the token hook', user('dana', WEB.id), dana.accessToken);
    await note('a machine, by that mark', machine(MACHINE.id), await machineAt(server));
    await note('a user named like a client', user(MACHINE.id, WEB.id), twin.accessToken);
    await note('an ID token', invalid('type_not_accepted'), dana.idToken);
    await note('a refresh token', invalid('token_malformed'), dana.refreshToken);
    await note('a changed token', invalid('signature_invalid'), tampered(dana.accessToken));
    const resource = await machineAt(server, { resource: AUDIENCE });
    await note('a token asked for by `resource`', invalid('audience_mismatch'), resource);
    const below = await machineAt(server, { audience: AUDIENCE_BELOW });
    await note('a token for a path below the audience', invalid('audience_mismatch'), below);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });

  const disjoint = hydra({ issuer: server.issuer, subjectNamespaces: 'disjoint' });
  await withApis({ issuer: disjoint }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`'disjoint'\``, expected, await visitedBy({ token }));
    await note('a user', user('dana', WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), await machineAt(server));
  });

  await tryOwnClient(bench, {
    check: 'a machine, by `@authly/client`',
    api: { issuer: disjoint },
    source: {
      issuer: server.issuer,
      client: clientSecretBasic(MACHINE.id, MACHINE.secret),
      parameters: { audience: AUDIENCE },
    },
    expected: machine(MACHINE.id),
  });

  // Hydra ignores proofs without an error.
  const unbound = await machineAt(server, { audience: AUDIENCE }, await aKey());
  const dpop = { mode: 'required', publicUrls: AUDIENCE } as const;
  await withApis({ issuer: disjoint, dpop }, async ({ visitedBy }) => {
    bench.note(
      "a token asked for with a proof, `dpop: 'required'`",
      invalid('binding_required'),
      await visitedBy({ token: unbound }),
    );
  });
}
