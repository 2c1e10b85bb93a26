import { type ApiUnderTest, machine, refused, user, withApis } from '../frame/api-under-test.ts';
import type { Workbench } from '../frame/workbench.ts';
import { DOOR, MACHINE, type SignInServer, startSignInServer } from './authorization-server.ts';
import { APP, answersOf, cookiesAt, type Doors, doorsToBe, originsOf, postsBy } from './doors.ts';
import { startEnvoy } from './envoy.ts';

const PERSON = 'dana';
const FOREIGN = 'https://evil.example';

/** Holds docs/front-doors.md to Envoy, with tokens that callers send and with people whom it signs in. */
export async function tryEnvoy(bench: Workbench): Promise<void> {
  const signing = await doorsToBe();
  const open = await doorsToBe();
  const callbacks = [signing, open].flatMap((doors) =>
    Object.values(doors).map(({ origin }) => `${origin}/callback`),
  );
  const server = await startSignInServer(bench, callbacks);
  await withApis({ issuer: server.preset }, async (api) => {
    await trySentTokens(bench, server, api);
    await trySignIns(bench, server, api, signing);
    await tryWithoutCsrf(bench, server, api, open);
  });
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

/** What the page warns of. */
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
