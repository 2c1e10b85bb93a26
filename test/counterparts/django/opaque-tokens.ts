import { bearerToken, clientSecretBasic } from '@authly/core';
import { django } from '@authly/core/providers';
import { AUDIENCE, machine, refused, SCOPE, user, withApis } from '../frame/api-under-test.ts';
import { machineToken, type Registered, signedIn, type Tokens } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { aBrowser } from '../sign-in.ts';

const WEB = registered('courier-web');
const MACHINE = registered('nightly-sync');
const ASKING = registered('parcels-api');

/** The server puts `aud` into its answer only if the client requested a token for the API. */
const FOR_THE_API = { resource: AUDIENCE };

/** Tests the preset with a real Django OAuth Toolkit, which has only opaque tokens. */
export async function tryOpaqueTokens(bench: Workbench, issuer: string): Promise<void> {
  const dana = await signInAt(issuer, 'dana', FOR_THE_API);
  const twin = await signInAt(issuer, MACHINE.id, FOR_THE_API);
  const ended = await signInAt(issuer, 'dana', FOR_THE_API);
  await revoke(issuer, ended.accessToken);
  const sync = await machineAt(issuer, FOR_THE_API);
  const unnamed = await machineAt(issuer, {});
  const elsewhere = await machineAt(issuer, { resource: 'https://letters.example' });
  const invalid = (reason: string) => refused('invalid_token', reason);

  // The API uses its own token. If it used its secret, the server would compute a password hash for
  // each introspection.
  const asking = await machineToken(issuer, ASKING, { scope: 'introspection' });
  const introspection = { client: bearerToken(() => asking) };
  const options = { issuer: django(issuer), introspection };
  await withApis(options, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a user', user('dana', WEB.id), dana.accessToken);
    await note('a machine', machine(MACHINE.id), sync);
    await note('a user named like a client', user(MACHINE.id, WEB.id), twin.accessToken);
    await note('a refresh token', invalid('token_inactive'), dana.refreshToken);
    await note('an ID token', invalid('type_not_accepted'), dana.idToken);
    await note('a revoked token', invalid('token_inactive'), ended.accessToken);
    await note('a token for another API', invalid('audience_mismatch'), elsewhere);
    await note('a token for no API', invalid('claim_missing'), unnamed);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });
  const trusting = { ...introspection, audience: 'trusted' } as const;
  await withApis({ ...options, introspection: trusting }, async ({ visitedBy }) => {
    bench.note(
      "a token for no API, `audience: 'trusted'`",
      machine(MACHINE.id),
      await visitedBy({ token: unnamed }),
    );
    bench.note(
      "a token for another API, `audience: 'trusted'`",
      invalid('audience_mismatch'),
      await visitedBy({ token: elsewhere }),
    );
  });
  const bySecret = { client: clientSecretBasic(ASKING.id, ASKING.secret) };
  await withApis({ ...options, introspection: bySecret }, async ({ visitedBy }) => {
    bench.note(
      "a user, asked about by the API's secret",
      user('dana', WEB.id),
      await visitedBy({ token: dana.accessToken }),
    );
  });
}

function registered(id: string): Registered {
  return { id, secret: `a-secret-of-${id}` };
}

function signInAt(
  issuer: string,
  name: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Tokens> {
  return signedIn(issuer, {
    client: WEB,
    redirectUri: 'http://127.0.0.1:1/callback',
    scope: `openid ${SCOPE}`,
    parameters,
    browser: aBrowser(),
    fields: { username: name, password: 'a-password-of-a-person' },
  });
}

function machineAt(issuer: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  return machineToken(issuer, MACHINE, { scope: SCOPE, ...parameters });
}

/** OpenID's metadata does not name the endpoint; that of RFC 8414 does. */
async function revoke(issuer: string, token: string): Promise<void> {
  const response = await fetch(`${issuer}/revoke_token/`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${WEB.id}:${WEB.secret}`)}` },
    body: new URLSearchParams({ token }),
  });
  if (!response.ok) throw new Error(`Not revoked: ${response.status}`);
}
