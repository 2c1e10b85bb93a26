import { eventually } from '../frame/eventually.ts';
import { unverifiedClaim } from '../frame/openid-login.ts';
import { ENDED, PASSES, startTwoProcesses } from '../frame/two-processes.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { Glewlwyd } from './server.ts';
import {
  DANA,
  machineAt,
  personAt,
  signInAt,
  signInOf,
  TWIN,
  tellOfSignOuts,
  WEB,
} from './tokens.ts';

/**
 * Sign-out ends all tokens up to and including the second in which it happens. So the trial waits
 * before it gets a new token.
 */
const NEW_WITHIN_MS = 5_000;

/**
 * Tests sign-outs of a real Glewlwyd. They name the person, since its access tokens name no
 * session.
 */
export async function tryLogout(bench: Workbench, server: Glewlwyd): Promise<void> {
  const { issuer } = server;
  const api = await startTwoProcesses(bench, {
    ...{ preset: 'glewlwyd', issuer, clientId: WEB.id },
    sidInAccessTokens: false,
  });
  if (api === undefined) return;
  await tellOfSignOuts(server, `${api.told}/logout`);
  const machine = await machineAt(server);
  const somebodyElse = await signInAt(server, TWIN);
  const other = await signInAt(server, DANA);
  const person = await personAt(server, DANA);
  const ended = await signInOf(server, person);
  bench.note('before sign-out, in both processes', PASSES, await api.answersTo(ended.accessToken));
  await person.send('DELETE', `/oidc/session/${unverifiedClaim(ended.idToken, 'sid')}`);
  bench.note('after sign-out, within a second', ENDED, await api.endOf(ended.accessToken));
  bench.note("the person's other session, too", ENDED, await api.answersTo(other.accessToken));
  bench.note('somebody else', PASSES, await api.answersTo(somebodyElse.accessToken));
  bench.note('a machine all the while', PASSES, await api.answersTo(machine));
  const again = await eventually(PASSES, NEW_WITHIN_MS, async () =>
    api.answersTo((await signInAt(server, DANA)).accessToken),
  );
  bench.note('a new session', PASSES, again);
}
