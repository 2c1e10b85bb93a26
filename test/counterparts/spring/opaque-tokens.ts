import { clientSecretBasic } from '@authly/core';
import { AUDIENCE, machine, refused, user, withApis } from '../frame/api-under-test.ts';
import { aKey, refreshedToken, revoke } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { machineAt, registered, signInAt, springWithMark, WEB } from './tokens.ts';

/** The client that the API uses for introspection. */
const ASKING = registered('parcels-api');

/** Tests introspection with opaque tokens and JWTs of the real server. */
export async function tryOpaqueTokens(bench: Workbench, issuer: string): Promise<void> {
  const web = registered('opaque-web');
  const dana = await signInAt(issuer, web);
  const ended = await signInAt(issuer, web);
  await revoke(issuer, web, ended.accessToken);
  const key = await aKey();
  const bound = await machineAt(issuer, 'opaque-sync', key);
  const client = clientSecretBasic(ASKING.id, ASKING.secret);
  const options = { issuer: springWithMark(issuer), dpop: { publicUrls: AUDIENCE } };
  const inactive = refused('invalid_token', 'token_inactive');
  await withApis({ ...options, introspection: { client } }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, opaque`, expected, await visitedBy({ token }));
    await note('a user', user('dana', web.id), dana.accessToken);
    const sync = await machineAt(issuer, 'opaque-sync');
    await note('a machine', machine('opaque-sync'), sync);
    await note('a refresh token', refused('invalid_token', 'type_not_accepted'), dana.refreshToken);
    await note('a revoked token', inactive, ended.accessToken);
    bench.note(
      'a bound machine, opaque',
      machine('opaque-sync'),
      await visitedBy({ token: bound, key }),
    );
    bench.note(
      'a bound token as a Bearer token, opaque',
      refused('invalid_token', 'binding_scheme_mismatch'),
      await visitedBy({ token: bound }),
    );
  });
  const confirming = { ...options, introspection: { client, jwts: 'confirm' } } as const;
  await withApis(confirming, async ({ visitedBy }) => {
    const { accessToken: former, refreshToken } = await signInAt(issuer, WEB);
    const later = await refreshedToken(issuer, WEB, refreshToken);
    bench.note(
      "a user's JWT, `jwts: 'confirm'`",
      user('dana', WEB.id),
      await visitedBy({ token: later }),
    );
    bench.note(
      "the JWT before a refresh, `jwts: 'confirm'`",
      inactive,
      await visitedBy({ token: former }),
    );
  });
}
