import { setTimeout as delay } from 'node:timers/promises';
import { textIn } from '../frame/json-members.ts';
import { machineToken, signOut } from '../frame/openid-login.ts';
import { ENDED, PASSES, startTwoProcesses } from '../frame/two-processes.ts';
import type { Workbench } from '../frame/workbench.ts';
import { aBrowser } from '../sign-in.ts';
import { DANA, GOODBYE_URI, idsOf, REALM, RECEIVER, setAttributes } from './realm.ts';
import type { Keycloak } from './server.ts';
import { machineAt, signInAt, WEB } from './tokens.ts';

/** The server looks for new events every second, and sends them a little later. */
const EVENT_WITHIN_MS = 15_000;

const AUTHORIZATION = 'Bearer the-secret-of-the-stream';

const SESSION_REVOKED = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';

/**
 * Tests sign-outs with two processes of one API. The first receives them, and the second must
 * refuse the tokens, too.
 */
export async function tryLogout(
  bench: Workbench,
  issuer: string,
  { admin }: Keycloak,
): Promise<void> {
  const api = await startTwoProcesses(bench, {
    preset: 'keycloak',
    issuer,
    clientId: WEB.id,
    stream: { audience: `${RECEIVER.id}/`, authorization: AUTHORIZATION },
  });
  if (api === undefined) return;
  const { told, answersTo, endOf } = api;
  await setAttributes(admin, WEB, {
    'backchannel.logout.url': `${told}/logout`,
    // Without this setting, the logout token names only the user, and all sessions of the user end.
    'backchannel.logout.session.required': 'true',
  });

  const machine = await machineAt(issuer, 'nightly-sync');
  const browser = aBrowser();
  const ended = await signInAt(issuer, WEB, { browser });
  const kept = await signInAt(issuer, WEB);
  bench.note('before sign-out, in both processes', PASSES, await answersTo(ended.accessToken));
  await signOut(issuer, { client: WEB, tokens: ended, browser, goodbyeUri: GOODBYE_URI });
  bench.note('after sign-out, within a second', ENDED, await endOf(ended.accessToken));
  bench.note("the user's other session", PASSES, await answersTo(kept.accessToken));

  const logOutDana = async () => {
    const dana = (await idsOf(admin, 'users', 'username')).get(DANA);
    await admin('POST', `/${REALM}/users/${dana}/logout`);
  };
  await logOutDana();
  bench.note(
    'after an administrator has logged the user out, within a second',
    ENDED,
    await endOf(kept.accessToken),
  );
  bench.note('a machine all the while', PASSES, await answersTo(machine));

  // From here on, only security events end sessions.
  await setAttributes(admin, WEB, { 'backchannel.logout.url': '' });
  await setAttributes(admin, RECEIVER, { 'ssf.validPushUrls': `${told}/events` });
  await makeStream(issuer, `${told}/events`);
  await nextSecond(); // The last mark also refuses tokens that are issued in the same second.
  const again = await signInAt(issuer, WEB);
  bench.note('a new session', PASSES, await answersTo(again.accessToken));
  await logOutDana();
  bench.note(
    'after the security event `session-revoked`',
    ENDED,
    await endOf(again.accessToken, EVENT_WITHIN_MS),
  );
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

function nextSecond(): Promise<void> {
  return delay(1_000 - (Date.now() % 1_000));
}
