import { lemonldap } from '@authly/core/providers';
import { tampered } from '@authly/testing';
import { machine, refused, user, withApis } from '../frame/api-under-test.ts';
import type { Registered } from '../frame/openid-login.ts';
import { machineToken, refreshedToken, signedIn, type Tokens } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { aBrowser } from '../sign-in.ts';
import {
  DOCTOR,
  ELSEWHERE,
  MACHINE,
  REDIRECT_URI,
  ROSE,
  SCOPES,
  TWIN,
  WEB,
} from './relying-parties.ts';

/**
 * Tests the preset with the JWTs of a real LemonLDAP::NG: by the mark of the macro, and by
 * `'disjoint'`.
 */
export async function tryJwts(bench: Workbench, issuer: string): Promise<void> {
  const rose = await signInAt(issuer, WEB, ROSE);
  const doctor = await signInAt(issuer, WEB, DOCTOR);
  const sync = await machineAt(issuer, MACHINE);
  const twin = await machineAt(issuer, TWIN);
  const refreshed = await refreshedToken(issuer, WEB, rose.refreshToken);
  const invalid = (reason: string) => refused('invalid_token', reason);

  const byMacro = lemonldap({
    issuer,
    classify: ({ caller_type: type }) =>
      type === 'human' ? 'user' : type === 'machine' ? 'client' : 'refuse',
  });
  await withApis({ issuer: byMacro }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a user, by the mark of the macro', user(ROSE, WEB.id), rose.accessToken);
    await note('a machine, by that mark', machine(MACHINE.id), sync);
    await note('a user named like a client', user(DOCTOR, WEB.id), doctor.accessToken);
    await note('that client', machine(TWIN.id), twin);
    await note("a user's refreshed token", user(ROSE, WEB.id), refreshed);
    await note('an ID token, for the API too', invalid('type_not_accepted'), rose.idToken);
    await note('a refresh token', invalid('token_malformed'), rose.refreshToken);
    await note('a changed token', invalid('signature_invalid'), tampered(rose.accessToken));
    const elsewhere = await machineAt(issuer, ELSEWHERE);
    await note('a token for another API', invalid('audience_mismatch'), elsewhere);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });

  const disjoint = lemonldap({ issuer, subjectNamespaces: 'disjoint' });
  await withApis({ issuer: disjoint }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`'disjoint'\``, expected, await visitedBy({ token }));
    await note('a user', user(ROSE, WEB.id), rose.accessToken);
    await note('a machine', machine(MACHINE.id), sync);
    await note('an ID token', invalid('type_not_accepted'), rose.idToken);
  });
}

/** Signs a person in through a relying party, on the server's own page. */
export function signInAt(issuer: string, client: Registered, person: string): Promise<Tokens> {
  return signedIn(issuer, {
    client,
    redirectUri: REDIRECT_URI,
    scope: SCOPES,
    browser: aBrowser(),
    fields: { user: person, password: person },
  });
}

/** Gets a machine's token. */
export function machineAt(issuer: string, client: Registered): Promise<string> {
  return machineToken(issuer, client, { scope: SCOPES });
}
