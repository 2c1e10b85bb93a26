import { anonymous } from '@authly/core';
import { type AudienceProvider, custom } from '@authly/core/providers';
import { dex } from '../../docs/snippets/other-providers/recipes.ts';
import type { ServerCounterpart } from '../counterpart.ts';
import {
  API,
  ELSEWHERE,
  MACHINE,
  PASSWORD,
  PEOPLE,
  startDex,
  VERSION,
  WEB,
} from '../dex/server.ts';
import { machine, refused, user, withApis } from '../frame/api-under-test.ts';
import { machineToken, signedIn, type Tokens } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { aBrowser } from '../sign-in.ts';

/** Dex, from a checkout of its source. */
export const counterpart: ServerCounterpart = {
  description: `Dex at ${VERSION}: the recipe of docs/other-providers.md`,
  async run(bench) {
    await tryRecipe(bench, await startDex(bench));
  },
};

async function tryRecipe(bench: Workbench, issuer: string): Promise<void> {
  const dana = await signInAt(issuer, 'dana', API.id);
  const twin = await signInAt(issuer, 'twin', API.id);
  const elsewhere = await signInAt(issuer, 'dana', ELSEWHERE.id);
  const sync = await machineToken(issuer, MACHINE, { scope: scopeFor(API.id) });
  const [danaId, twinId] = [subjectOf(PEOPLE.dana), subjectOf(PEOPLE.twin)];
  const options = { issuer: recipeFor(issuer), audience: API.id, scoped: false };
  const endpoint = `${issuer}/token/introspect`;
  const introspection = { client: anonymous(), endpoint, jwts: 'answer' } as const;
  const invalid = (reason: string) => refused('invalid_token', reason);
  await withApis({ ...options, introspection }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a user', user(danaId, WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), sync);
    await note('a user whose id is that of a client', user(twinId, WEB.id), twin.accessToken);
    await note('a refresh token', invalid('token_inactive'), dana.refreshToken);
    await note('a token for another API', invalid('audience_mismatch'), elsewhere.accessToken);
    await note('an ID token for the API, as the page warns', user(danaId, WEB.id), dana.idToken);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });
}

/** The recipe of docs/other-providers.md, with the issuer of the trial. */
function recipeFor(issuer: string): AudienceProvider {
  const { keys } = custom({ issuer, classify: () => 'refuse' });
  return { ...dex, issuer, keys };
}

function signInAt(issuer: string, person: keyof typeof PEOPLE, api: string): Promise<Tokens> {
  return signedIn(issuer, {
    client: WEB,
    redirectUri: 'http://127.0.0.1:1/callback',
    scope: `offline_access ${scopeFor(api)}`,
    browser: aBrowser(),
    fields: { login: `${person}@parcels.example`, password: PASSWORD },
  });
}

function scopeFor(api: string): string {
  return `openid audience:server:client_id:${api}`;
}

/**
 * The `sub` of a person in Dex's own database: a protobuf message with the id and the connector.
 */
function subjectOf(id: string): string {
  const field = (number: number, text: string) =>
    String.fromCharCode(number * 8 + 2, text.length) + text;
  return Buffer.from(field(1, id) + field(2, 'local'), 'latin1').toString('base64url');
}
