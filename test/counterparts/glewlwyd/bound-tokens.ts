import { clientSecretPost } from '@authly/core';
import { glewlwyd } from '@authly/core/providers';
import { AUDIENCE, machine, refused, user, withApis } from '../frame/api-under-test.ts';
import { aKey, unverifiedClaim } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { Glewlwyd } from './server.ts';
import { ASKING, DANA, MACHINE, machineAt, signInAt, WEB } from './tokens.ts';

/** Tests DPoP with the bound tokens of a real Glewlwyd, read as JWTs and by introspection. */
export async function tryBoundTokens(bench: Workbench, server: Glewlwyd): Promise<void> {
  const [key, other] = [await aKey(), await aKey()];
  const { accessToken: token, idToken } = await signInAt(server, DANA, { key });
  const aUser = user(unverifiedClaim(idToken, 'sub'), WEB.id);
  const machines = await machineAt(server, { key });
  const options = { issuer: glewlwyd(server.issuer), dpop: { publicUrls: AUDIENCE } };
  const client = clientSecretPost(ASKING.id, ASKING.secret);
  const ways = {
    'read as a JWT': options,
    "`jwts: 'answer'`": { ...options, introspection: { client, jwts: 'answer' } },
  } as const;
  for (const [way, how] of Object.entries(ways)) {
    await withApis(how, async ({ visitedBy }) => {
      const note = async (
        check: string,
        expected: string,
        caller: Parameters<typeof visitedBy>[0],
      ) => bench.note(`${check}, ${way}`, expected, await visitedBy(caller));
      await note('a bound user', aUser, { token, key });
      await note('a bound machine', machine(MACHINE.id), { token: machines, key });
      const scheme = refused('invalid_token', 'binding_scheme_mismatch');
      await note('a bound token as a Bearer token', scheme, { token });
      const mismatch = refused('invalid_token', 'binding_mismatch');
      await note("a bound token with another key's proof", mismatch, { token, key: other });
      const twice = '200, then 401 invalid_dpop_proof';
      await note('one proof twice', twice, { token, key, sameProof: true });
    });
  }
  await withApis({ issuer: glewlwyd(server.issuer) }, async ({ visitedBy }) => {
    bench.note(
      'a bound token, without `dpop`',
      refused('invalid_token', 'sender_constraint_unsupported'),
      await visitedBy({ token }),
    );
  });
}
