import { supabase } from '@authly/core/providers';
import { tampered } from '@authly/testing';
import type { ServerCounterpart } from '../counterpart.ts';
import { AUDIENCE, refused, user, withApis } from '../frame/api-under-test.ts';
import type { Workbench } from '../frame/workbench.ts';
import { allowApp, clientCredentialsAt, registerApp } from '../supabase/apps.ts';
import { projectKey, refresh, signIn, signOut, signUp } from '../supabase/people.ts';
import { startSupabase, VERSION } from '../supabase/server.ts';

/** `aud` of every token of a project, unless a person chose another one when signing up. */
const EVERYBODY = 'authenticated';
const DANA = 'dana@parcels.example';

/** Supabase Auth, from a checkout of its source. */
export const counterpart: ServerCounterpart = {
  description: `Supabase Auth ${VERSION}: JWTs of people, and of people through apps`,
  async run(bench) {
    const issuer = await startSupabase(bench);
    await trySessions(bench, issuer);
    await tryApps(bench, issuer);
  },
};

async function trySessions(bench: Workbench, issuer: string): Promise<void> {
  const dana = await signUp(issuer, DANA);
  const ended = await signIn(issuer, DANA);
  await signOut(issuer, ended.accessToken);
  const refreshed = await refresh(issuer, dana.refreshToken);
  const anonymous = await signUp(issuer, undefined);
  const chosen = await signUp(issuer, 'mallory@parcels.example', { 'x-jwt-aud': AUDIENCE });
  const invalid = (reason: string) => refused('invalid_token', reason);
  const options = { issuer: supabase(issuer), audience: EVERYBODY, scoped: false };
  await withApis(options, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a person', user(dana.userId, ''), dana.accessToken);
    await note('the same after a refresh', user(dana.userId, ''), refreshed.accessToken);
    await note('the same after signing out, until `exp`', user(dana.userId, ''), ended.accessToken);
    await note('an anonymous person', invalid('principal_ambiguous'), anonymous.accessToken);
    await note('a refresh token', invalid('token_malformed'), dana.refreshToken);
    await note('a changed token', invalid('signature_invalid'), tampered(dana.accessToken));
    await note('the key `anon`', invalid('issuer_unknown'), projectKey('anon'));
    await note('the key `service_role`', invalid('issuer_unknown'), projectKey('service_role'));
    const other = invalid('audience_mismatch');
    await note('a person who chose another `aud`', other, chosen.accessToken);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });
  const accepting = supabase({ issuer, anonymous: 'accept' });
  await withApis({ ...options, issuer: accepting }, async ({ visitedBy }) => {
    bench.note(
      "an anonymous person, `anonymous: 'accept'`",
      user(anonymous.userId, ''),
      await visitedBy({ token: anonymous.accessToken }),
    );
  });
  await withApis({ ...options, audience: AUDIENCE }, async ({ visitedBy }) => {
    bench.note(
      'whoever signs up chooses `aud`: it divides nothing',
      user(chosen.userId, ''),
      await visitedBy({ token: chosen.accessToken }),
    );
  });
}

async function tryApps(bench: Workbench, issuer: string): Promise<void> {
  const dana = await signIn(issuer, DANA);
  const listed = await registerApp(issuer, 'courier');
  const unlisted = await registerApp(issuer, 'stranger');
  const tokens = await allowApp(issuer, listed, dana.accessToken);
  const through = await allowApp(issuer, unlisted, dana.accessToken);
  const options = {
    ...{ issuer: supabase({ issuer, clientIds: [listed.id] }), audience: EVERYBODY },
    scoped: false,
  };
  await withApis(options, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a person through a listed app', user(dana.userId, listed.id), tokens.accessToken);
    const stranger = refused('invalid_token', 'caller_not_listed');
    await note('a person through another app', stranger, through.accessToken);
    await note('an ID token', refused('invalid_token', 'claim_missing'), tokens.idToken);
    await note('a person without an app', user(dana.userId, ''), dana.accessToken);
  });
  bench.note(
    'an app that asks for a token of its own, at the server',
    '400 unsupported_grant_type',
    await clientCredentialsAt(issuer, listed),
  );
}
