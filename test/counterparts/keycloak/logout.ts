import { setTimeout as delay } from 'node:timers/promises';
import { findDebianServer } from '../../services/support/debian-server.ts';
import { startRedis } from '../../services/support/redis-server.ts';
import { startApiProcess } from '../frame/api-process.ts';
import { AUDIENCE } from '../frame/api-under-test.ts';
import { eventually } from '../frame/eventually.ts';
import { machineToken, type Tokens } from '../frame/openid-login.ts';
import { textIn } from '../frame/text-in.ts';
import type { Workbench } from '../frame/workbench.ts';
import { aBrowser, type Browser } from '../sign-in.ts';
import { DANA, GOODBYE_URI, idsOf, REALM, RECEIVER, setAttributes } from './realm.ts';
import type { Keycloak } from './server.ts';
import { machineAt, signInAt, WEB } from './tokens.ts';

/** How long a sign-out may go unseen in another process. */
const SEEN_WITHIN_MS = 1_000;

/** The server looks for events to send every second, and sends them a while later. */
const EVENT_WITHIN_MS = 15_000;

const AUTHORIZATION = 'Bearer the-secret-of-the-stream';

const SESSION_REVOKED = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';

/** Two processes of one API with a Redis server: the first is told of what ends, the second refuses, too. */
export async function tryLogout(
  bench: Workbench,
  issuer: string,
  keycloak: Keycloak,
): Promise<void> {
  const program = findDebianServer('redis-server');
  if (program === undefined) return; // It has been said.
  const redis = await startRedis(program);
  bench.onEnd(() => redis.remove());
  const options = {
    issuer,
    audience: AUDIENCE,
    redisUrl: redis.url,
    clientId: WEB.id,
    stream: { audience: `${RECEIVER.id}/`, authorization: AUTHORIZATION },
  };
  const told = await startApiProcess(bench, { framework: 'Express 5', ...options });
  const other = await startApiProcess(bench, { framework: 'Koa 3', ...options });
  const both = async (token: string) =>
    `${await statusAt(told, token)} ${await statusAt(other, token)}`;
  const signedOut = (token: string) => eventually('401 401', SEEN_WITHIN_MS, () => both(token));

  await setAttributes(keycloak.admin, WEB, {
    'backchannel.logout.url': `${told}/logout`,
    // Without it, the logout token names the user alone, and all of their sessions end.
    'backchannel.logout.session.required': 'true',
  });

  const machine = await machineAt(issuer, 'nightly-sync');
  const browser = aBrowser();
  const ended = await signInAt(issuer, WEB, { browser });
  const kept = await signInAt(issuer, WEB);
  bench.note('before sign-out, in both processes', '200 200', await both(ended.accessToken));
  await signOut(issuer, browser, ended);
  bench.note('after sign-out, within a second', '401 401', await signedOut(ended.accessToken));
  bench.note("the user's other session", '200 200', await both(kept.accessToken));

  const dana = (await idsOf(keycloak.admin, 'users', 'username')).get(DANA);
  await keycloak.admin('POST', `/${REALM}/users/${dana}/logout`);
  bench.note(
    'after an administrator has logged the user out, within a second',
    '401 401',
    await signedOut(kept.accessToken),
  );
  bench.note('a machine all the while', '200 200', await both(machine));

  // From here on by security events alone.
  await setAttributes(keycloak.admin, WEB, { 'backchannel.logout.url': '' });
  await setAttributes(keycloak.admin, RECEIVER, { 'ssf.validPushUrls': `${told}/events` });
  await makeStream(issuer, `${told}/events`);
  await nextSecond(); // The last mark stops what is issued in its own second, too.
  const again = await signInAt(issuer, WEB);
  bench.note('a new session', '200 200', await both(again.accessToken));
  await keycloak.admin('POST', `/${REALM}/users/${dana}/logout`);
  bench.note(
    'after the security event `session-revoked`',
    '401 401',
    await eventually('401 401', EVENT_WITHIN_MS, () => both(again.accessToken)),
  );
}

async function signOut(issuer: string, browser: Browser, { idToken }: Tokens): Promise<void> {
  const start = new URL(`${issuer}/protocol/openid-connect/logout`);
  start.searchParams.set('id_token_hint', idToken);
  start.searchParams.set('post_logout_redirect_uri', GOODBYE_URI);
  await browser.visit({ start, redirectUri: GOODBYE_URI, fields: {} });
}

/** Makes a stream with push delivery (RFC 8935), as a receiver does. */
async function makeStream(issuer: string, endpoint: string): Promise<void> {
  const token = await machineToken(issuer, RECEIVER, { scope: 'ssf.read ssf.manage' });
  const response = await fetch(`${issuer}/ssf/transmitter/streams`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      delivery: {
        method: 'urn:ietf:rfc:8935',
        endpoint_url: endpoint,
        authorization_header: AUTHORIZATION,
      },
      events_requested: [SESSION_REVOKED],
    }),
  });
  const body: unknown = await response.json();
  if (textIn(body, 'stream_id') === '') throw new Error(`No stream: ${JSON.stringify(body)}`);
}

async function statusAt(origin: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${origin}/me`, { headers });
  await response.arrayBuffer();
  return response.status;
}

function nextSecond(): Promise<void> {
  return delay(1_000 - (Date.now() % 1_000));
}
