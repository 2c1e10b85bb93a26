import { fromHeader } from '@authly/core';
import { AUDIENCE, machine, refused, user, withApis } from '../frame/api-under-test.ts';
import type { Workbench } from '../frame/workbench.ts';
import {
  ANOTHER_API,
  DOOR,
  MACHINE,
  type SignInServer,
  startSignInServer,
} from './authorization-server.ts';
import { APP, answersOf, cookiesAt, type Doors, doorsToBe, originsOf, postsBy } from './doors.ts';
import { startAuthRequest } from './nginx.ts';
import { startOAuth2Proxies } from './oauth2-proxy.ts';

const PERSON = 'dana';
const SIGN_IN = '/oauth2/start?rd=/signed-in';
const A_PERSON = user(PERSON, DOOR.id);

/** The same options as in docs/front-doors.md. */
const FORWARDED = fromHeader('x-forwarded-access-token', { origins: [APP] });

/** Tests docs/front-doors.md with a real oauth2-proxy. */
export async function tryOAuth2Proxy(bench: Workbench): Promise<void> {
  const kinds = [await doorsToBe(), await doorsToBe(), await doorsToBe()] as const;
  const callbacks = kinds.flatMap((doors) =>
    Object.values(doors).map(({ origin }) => `${origin}/oauth2/callback`),
  );
  const server = await startSignInServer(bench, callbacks);
  const [forwarding, writing, elsewhere] = kinds;
  await tryForwardedTokens(bench, server, forwarding);
  await tryIdTokens(bench, server, writing);
  await tryAnotherApi(bench, server, elsewhere);
}

async function tryForwardedTokens(
  bench: Workbench,
  { issuer, preset, machineToken }: SignInServer,
  doors: Doors,
): Promise<void> {
  const ofMachine = await machineToken();
  await withApis({ issuer: preset, credentials: FORWARDED }, async ({ origins, visitedBy }) => {
    await startOAuth2Proxies(bench, {
      ...{ name: 'forwarding', doors, issuer, upstreams: origins, resource: AUDIENCE },
      flags: [
        '--pass-access-token',
        '--set-xauthrequest',
        '--skip-jwt-bearer-tokens',
        `--oidc-extra-audience=${AUDIENCE}`,
        '--bearer-token-login-fallback=false',
      ],
    });
    const cookies = await cookiesAt(doors, SIGN_IN, PERSON);
    const through = originsOf(doors);
    const note = async (check: string, expected: string, caller: Parameters<typeof visitedBy>[0]) =>
      bench.note(check, expected, await visitedBy(caller));
    await note('a user who has signed in', A_PERSON, { through, cookies });
    bench.note('nobody: to the sign-in', '302', await answersOf(through));
    const forged = { 'x-forwarded-access-token': ofMachine };
    await note('a user who writes the header too', A_PERSON, { through, cookies, headers: forged });
    await note("a machine's token that the door lets in", machine(MACHINE.id), {
      ...{ through, token: ofMachine },
    });
    const own = await postsBy(through, APP, cookies);
    bench.note("a POST by the application's page", '200', own);
    const foreign = await postsBy(through, 'https://evil.example', cookies);
    bench.note("a POST by another site's page", '403 forbidden', foreign);

    const nobody = refused('missing_credentials', 'credentials_missing');
    const text = { 'x-forwarded-user': PERSON, 'x-forwarded-email': PERSON };
    await note('past the door, with text alone', nobody, { headers: text });
    await note('past the door, with a token in Authorization', nobody, { token: ofMachine });
    await note('past the door, with a token of its own', machine(MACHINE.id), {
      headers: { 'x-forwarded-access-token': ofMachine },
    });

    const behindNginx = originsOf(await startAuthRequest(bench, origins, doors));
    await note('nginx: a user whom oauth2-proxy knows', A_PERSON, {
      ...{ through: behindNginx, cookies },
    });
    await note('nginx: a user who writes the header too', A_PERSON, {
      ...{ through: behindNginx, cookies, headers: forged },
    });
    bench.note(
      'nginx: nobody, who writes the header',
      '401',
      await answersOf(behindNginx, { headers: forged }),
    );
  });
}

/**
 * `--pass-authorization-header` puts the ID token into the header in which an API expects an access
 * token.
 */
async function tryIdTokens(
  bench: Workbench,
  { issuer, preset }: SignInServer,
  doors: Doors,
): Promise<void> {
  await withApis({ issuer: preset }, async ({ origins, visitedBy }) => {
    await startOAuth2Proxies(bench, {
      ...{ name: 'writing', doors, issuer, upstreams: origins, resource: AUDIENCE },
      flags: ['--pass-authorization-header', '--pass-access-token'],
    });
    const cookies = await cookiesAt(doors, SIGN_IN, PERSON);
    bench.note(
      'the ID token of `--pass-authorization-header`',
      refused('invalid_token', 'type_not_accepted'),
      await visitedBy({ through: originsOf(doors), cookies }),
    );
  });
}

async function tryAnotherApi(
  bench: Workbench,
  { issuer, preset }: SignInServer,
  doors: Doors,
): Promise<void> {
  await withApis({ issuer: preset, credentials: FORWARDED }, async ({ origins, visitedBy }) => {
    await startOAuth2Proxies(bench, {
      ...{ name: 'elsewhere', doors, issuer, upstreams: origins, resource: ANOTHER_API },
      flags: ['--pass-access-token'],
    });
    const cookies = await cookiesAt(doors, SIGN_IN, PERSON);
    bench.note(
      'a sign-in that asked for another API',
      refused('invalid_token', 'audience_mismatch'),
      await visitedBy({ through: originsOf(doors), cookies }),
    );
  });
}
