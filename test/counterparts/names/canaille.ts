import { clientSecretBasic } from '@authly/core';
import { canaille } from '@authly/core/providers';
import { startCanaille, VERSION } from '../canaille/server.ts';
import type { ServerCounterpart } from '../counterpart.ts';
import { machine, refused, SCOPE, user, withApis } from '../frame/api-under-test.ts';
import { signedInByHand } from '../frame/login-by-hand.ts';
import { machineToken, type Registered, revoke, type Tokens } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';

const WEB = registered('courierweb');
const MACHINE = registered('nightlysync');
const ELSEWHERE = registered('letterssync');
/**
 * The API is registered as a client. In the answers of the server, `aud` names it by its client id.
 */
const ASKING = registered('parcelsapi');

/** Canaille, from PyPI. */
export const counterpart: ServerCounterpart = {
  description: `Canaille ${VERSION}: introspection`,
  async run(bench) {
    await tryIntrospection(bench, await startCanaille(bench));
  },
};

async function tryIntrospection(bench: Workbench, issuer: string): Promise<void> {
  const dana = await signInAt(issuer, 'dana');
  const twin = await signInAt(issuer, MACHINE.id);
  // The token of another person. Tokens have no `jti`, so a second sign-in of the same person in
  // the same second would give the same token.
  const ended = await signInAt(issuer, 'rose');
  await revoke(issuer, WEB, ended.accessToken);
  const sync = await machineToken(issuer, MACHINE, { scope: SCOPE });
  const elsewhere = await machineToken(issuer, ELSEWHERE, { scope: SCOPE });
  const client = clientSecretBasic(ASKING.id, ASKING.secret);
  const options = { issuer: canaille(issuer), audience: ASKING.id };
  const inactive = refused('invalid_token', 'token_inactive');
  const answering = { client, jwts: 'answer' } as const;
  await withApis({ ...options, introspection: answering }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a user', user('dana', WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), sync);
    await note('a user named like a client', user(MACHINE.id, WEB.id), twin.accessToken);
    await note('a refresh token, which only the hint tells', inactive, dana.refreshToken);
    await note('a revoked token', inactive, ended.accessToken);
    await note('a token for another API', inactive, elsewhere);
    await note('made-up text', inactive, 'made-up-text');
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
    await note('an ID token', inactive, dana.idToken);
  });
  await withApis({ ...options, introspection: { client } }, async ({ visitedBy }) => {
    bench.note(
      "a user's JWT that is not asked about",
      refused('invalid_token', 'principal_ambiguous'),
      await visitedBy({ token: dana.accessToken }),
    );
  });
}

/**
 * A sign-in by hand: the ID tokens of the server name the API as a second audience and have no
 * `azp`, so openid-client does not accept them (OpenID Connect Core §3.1.3.7).
 */
function signInAt(issuer: string, person: string): Promise<Tokens> {
  return signedInByHand({
    authorizationEndpoint: `${issuer}/oauth/authorize`,
    tokenEndpoint: `${issuer}/oauth/token`,
    client: WEB,
    scope: `openid ${SCOPE}`,
    fields: { login: person, password: 'a-password-of-a-person' },
  });
}

function registered(id: string): Registered {
  return { id, secret: `aSecretOf${id}` };
}
