import { clientSecretBasic } from '@authly/core';
import { authlib } from '@authly/core/providers';
import { tampered } from '@authly/testing';
import { startAuthlib, VERSION } from '../authlib/server.ts';
import type { ServerCounterpart } from '../counterpart.ts';
import { machine, refused, SCOPE, user, withApis } from '../frame/api-under-test.ts';
import {
  machineToken,
  type Registered,
  refreshedToken,
  signedIn,
  type Tokens,
} from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { aBrowser } from '../sign-in.ts';

const WEB = registered('courierweb');
const MACHINE = registered('nightlysync');
const ELSEWHERE = registered('letterssync');
const ASKING = registered('parcelsapi');

/** The server identifies a person by a number. The number of this person is the id of a client. */
const TWIN = registered('7');

const invalid = (reason: string) => refused('invalid_token', reason);

/** Authlib, from PyPI. */
export const counterpart: ServerCounterpart = {
  description: `a server built with Authlib ${VERSION}: JWTs of RFC 9068, introspection`,
  async run(bench) {
    const issuer = await startAuthlib(bench);
    await tryJwts(bench, issuer);
    await tryIntrospection(bench, issuer);
  },
};

async function tryJwts(bench: Workbench, issuer: string): Promise<void> {
  const dana = await signInAt(issuer, 'dana');
  const twin = await signInAt(issuer, 'twin');
  const refreshed = await refreshedToken(issuer, WEB, dana.refreshToken);
  const byClaim = authlib({ issuer, kindClaim: 'sub_type' });
  await withApis({ issuer: byClaim }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note("a user, by the page's claim", user('1', WEB.id), dana.accessToken);
    await note('a machine, by that claim', machine(MACHINE.id), await machineAt(issuer, MACHINE));
    await note('a user whose key is the id of a client', user('7', WEB.id), twin.accessToken);
    await note('that client', machine(TWIN.id), await machineAt(issuer, TWIN));
    await note("a user's refreshed token", user('1', WEB.id), refreshed);
    await note('an ID token', invalid('type_not_accepted'), dana.idToken);
    await note('a refresh token', invalid('token_malformed'), dana.refreshToken);
    await note('a changed token', invalid('signature_invalid'), tampered(dana.accessToken));
    const elsewhere = await machineAt(issuer, ELSEWHERE);
    await note('a token for another API', invalid('audience_mismatch'), elsewhere);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });
}

async function tryIntrospection(bench: Workbench, issuer: string): Promise<void> {
  const dana = await signInAt(issuer, 'dana');
  const introspection = {
    client: clientSecretBasic(ASKING.id, ASKING.secret),
    jwts: 'answer',
  } as const;
  const disjoint = authlib({ issuer, subjectNamespaces: 'disjoint' });
  await withApis({ issuer: disjoint, introspection }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token: string) =>
      bench.note(`${check}, \`jwts: 'answer'\``, expected, await visitedBy({ token }));
    await note('a user', user('1', WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), await machineAt(issuer, MACHINE));
    const twin = await machineAt(issuer, TWIN);
    await note("a client that is called like a user's key", invalid('principal_ambiguous'), twin);
    const elsewhere = await machineAt(issuer, ELSEWHERE);
    await note('a token for another API', invalid('audience_mismatch'), elsewhere);
    await note('a refresh token', invalid('token_inactive'), dana.refreshToken);
    await note('made-up text', invalid('token_inactive'), 'made-up-text');
  });
}

function registered(id: string): Registered {
  return { id, secret: `aSecretOf${id}` };
}

function signInAt(issuer: string, person: string): Promise<Tokens> {
  return signedIn(issuer, {
    client: WEB,
    redirectUri: 'http://127.0.0.1:1/callback',
    scope: `openid ${SCOPE}`,
    parameters: { login_hint: person },
    browser: aBrowser(),
    fields: {},
  });
}

function machineAt(issuer: string, client: Registered): Promise<string> {
  return machineToken(issuer, client, { scope: SCOPE });
}
