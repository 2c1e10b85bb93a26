import { clientSecretBasic } from '@authly/core';
import { lemonldap } from '@authly/core/providers';
import { machine, refused, user, withApis } from '../frame/api-under-test.ts';
import type { Workbench } from '../frame/workbench.ts';
import { machineAt, signInAt } from './jwts.ts';
import { ASKING, ELSEWHERE, OPAQUE_MACHINE, OPAQUE_WEB, ROSE, WEB } from './relying-parties.ts';

/** Tests introspection with a real LemonLDAP::NG. Its answers name no API. */
export async function tryIntrospection(bench: Workbench, issuer: string): Promise<void> {
  const client = clientSecretBasic(ASKING.id, ASKING.secret);
  const options = { issuer: lemonldap({ issuer, subjectNamespaces: 'disjoint' }) };
  const rose = await signInAt(issuer, OPAQUE_WEB, ROSE);
  const sync = await machineAt(issuer, OPAQUE_MACHINE);
  const withJwt = await signInAt(issuer, WEB, ROSE);
  const invalid = (reason: string) => refused('invalid_token', reason);
  const trusted = { client, audience: 'trusted', jwts: 'answer' } as const;
  await withApis({ ...options, introspection: trusted }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`audience: 'trusted'\``, expected, await visitedBy({ token }));
    await note('a user, opaque', user(ROSE, OPAQUE_WEB.id), rose.accessToken);
    await note('a machine, opaque', machine(OPAQUE_MACHINE.id), sync);
    await note("a user's JWT, asked about", user(ROSE, WEB.id), withJwt.accessToken);
    await note('a refresh token', invalid('token_inactive'), rose.refreshToken);
    await note('an ID token', invalid('token_inactive'), rose.idToken);
    await note('made-up text', invalid('token_inactive'), 'made-up-text');
    const elsewhere = await machineAt(issuer, ELSEWHERE);
    // The answer does not say for which API the token is, but the JWT does.
    await note('a JWT for another API, asked about', invalid('audience_mismatch'), elsewhere);
  });
  const confirming = { client, audience: 'trusted', jwts: 'confirm' } as const;
  await withApis({ ...options, introspection: confirming }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`jwts: 'confirm'\``, expected, await visitedBy({ token }));
    await note("a user's JWT", user(ROSE, WEB.id), withJwt.accessToken);
    const elsewhere = await machineAt(issuer, ELSEWHERE);
    await note('a JWT for another API', invalid('audience_mismatch'), elsewhere);
  });
  await withApis({ ...options, introspection: { client } }, async ({ visitedBy }) => {
    const got = await visitedBy({ token: sync });
    bench.note("an opaque token, without `audience: 'trusted'`", invalid('claim_missing'), got);
  });
}
