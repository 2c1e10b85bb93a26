import { fromHeader } from '@authly/core';
import {
  type ApiUnderTest,
  AUDIENCE,
  machine,
  refused,
  user,
  withApis,
} from '../frame/api-under-test.ts';
import type { Workbench } from '../frame/workbench.ts';
import { DOOR, MACHINE, type SignInServer, startSignInServer } from './authorization-server.ts';
import { APP, answersOf, cookiesAt, type Doors, doorsToBe, originsOf, postsBy } from './doors.ts';
import { startEnvoy } from './envoy.ts';
import { startOAuth2Proxies } from './oauth2-proxy.ts';

const PERSON = 'dana';
const FOREIGN = 'https://evil.example';

/**
 * Tests docs/front-doors.md with a real Envoy: tokens that callers send, and people whom Envoy
 * signs in.
 */
export async function tryEnvoy(bench: Workbench): Promise<void> {
  const signing = await doorsToBe();
  const open = await doorsToBe();
  const asking = await doorsToBe();
  const callbacksAt = (path: string, ...kinds: readonly Doors[]) =>
    kinds.flatMap((doors) => Object.values(doors).map(({ origin }) => `${origin}${path}`));
  const callbacks = [
    ...callbacksAt('/callback', signing, open),
    ...callbacksAt('/oauth2/callback', asking),
  ];
  const server = await startSignInServer(bench, callbacks);
  await withApis({ issuer: server.preset }, async (api) => {
    await trySentTokens(bench, server, api);
    await trySignIns(bench, server, api, signing);
    await tryWithoutCsrf(bench, server, api, open);
  });
  await tryExternalAuthorization(bench, server, asking);
}

async function trySentTokens(
  bench: Workbench,
  { issuer, machineToken }: SignInServer,
  { origins, visitedBy }: ApiUnderTest,
): Promise<void> {
  const [forwarding, taking] = [await doorsToBe(), await doorsToBe()];
  const common = { issuer, upstreams: origins, filter: 'jwt_authn' } as const;
  await startEnvoy(bench, { name: 'forwarding', doors: forwarding, ...common });
  await startEnvoy(bench, {
    ...{ name: 'taking', doors: taking, ...common },
    change: (filters) => filters.replace('forward: true', 'forward_payload_header: x-jwt-payload'),
  });
  const token = await machineToken();
  const note = async (check: string, expected: string, caller: Parameters<typeof visitedBy>[0]) =>
    bench.note(`\`jwt_authn\`: ${check}`, expected, await visitedBy(caller));
  const through = originsOf(forwarding);
  await note("a machine's token", machine(MACHINE.id), { through, token });
  bench.note('`jwt_authn`: nobody, refused by Envoy', '401', await answersOf(through));
  const nobody = refused('missing_credentials', 'credentials_missing');
  await note('without `forward`, with the payload as text', nobody, {
    ...{ through: originsOf(taking), token },
  });
}

async function trySignIns(
  bench: Workbench,
  { issuer, machineToken }: SignInServer,
  { origins, visitedBy }: ApiUnderTest,
  doors: Doors,
): Promise<void> {
  await startEnvoy(bench, { name: 'signing', doors, issuer, upstreams: origins, filter: 'oauth2' });
  const cookies = await cookiesAt(doors, '/signed-in', PERSON);
  const through = originsOf(doors);
  const note = async (check: string, expected: string, caller: Parameters<typeof visitedBy>[0]) =>
    bench.note(`\`oauth2\`: ${check}`, expected, await visitedBy(caller));
  await note('a user who has signed in', user(PERSON, DOOR.id), { through, cookies });
  await note('a user who sends a token too', user(PERSON, DOOR.id), {
    ...{ through, cookies, token: await machineToken() },
  });
  bench.note('`oauth2`: nobody: to the sign-in', '302', await answersOf(through));
  const own = await postsBy(through, APP, cookies);
  bench.note("`oauth2`: a POST by the application's page", '200', own);
  const foreign = await postsBy(through, FOREIGN, cookies);
  bench.note("`oauth2`: a POST by another site's page", '403', foreign);
}

/** Shows that the danger of which the page warns is real. */
async function tryWithoutCsrf(
  bench: Workbench,
  { issuer }: SignInServer,
  { origins }: ApiUnderTest,
  doors: Doors,
): Promise<void> {
  await startEnvoy(bench, {
    ...{ name: 'open', doors, issuer, upstreams: origins, filter: 'oauth2' },
    change: (filters) => filters.replace('numerator: 100', 'numerator: 0'),
  });
  const cookies = await cookiesAt(doors, '/signed-in', PERSON);
  const foreign = await postsBy(originsOf(doors), FOREIGN, cookies);
  bench.note("`oauth2` without `csrf`: a POST by another site's page gets in", '200', foreign);
}

/** Tests Envoy with oauth2-proxy, which Envoy asks about each request and which signs people in. */
async function tryExternalAuthorization(
  bench: Workbench,
  { issuer, preset, machineToken }: SignInServer,
  doors: Doors,
): Promise<void> {
  const asked = await doorsToBe();
  await startOAuth2Proxies(bench, {
    ...{ name: 'asked', doors: asked, seenAt: doors, issuer, resource: AUDIENCE },
    upstreams: Object.fromEntries(Object.keys(asked).map((name) => [name, 'static://200'])),
    flags: ['--set-xauthrequest', '--pass-access-token'],
  });
  // The same options as in docs/front-doors.md.
  const credentials = fromHeader('x-auth-request-access-token', { origins: [APP] });
  await withApis({ issuer: preset, credentials }, async ({ origins, visitedBy }) => {
    await startEnvoy(bench, {
      ...{ name: 'asking', doors, issuer, upstreams: origins, filter: 'ext_authz', asked },
    });
    const cookies = await cookiesAt(doors, '/oauth2/start?rd=/signed-in', PERSON);
    const through = originsOf(doors);
    const note = async (check: string, expected: string, caller: Parameters<typeof visitedBy>[0]) =>
      bench.note(`\`ext_authz\`: ${check}`, expected, await visitedBy(caller));
    await note('a user whom oauth2-proxy knows', user(PERSON, DOOR.id), { through, cookies });
    const forged = { 'x-auth-request-access-token': await machineToken() };
    await note('a user who writes the header too', user(PERSON, DOOR.id), {
      ...{ through, cookies, headers: forged },
    });
    const nobody = await answersOf(through, { headers: forged });
    bench.note('`ext_authz`: nobody, who writes the header: to the sign-in', '302', nobody);
    const own = await postsBy(through, APP, cookies);
    bench.note("`ext_authz`: a POST by the application's page", '200', own);
    const foreign = await postsBy(through, FOREIGN, cookies);
    bench.note("`ext_authz`: a POST by another site's page", '403 forbidden', foreign);
  });
}
