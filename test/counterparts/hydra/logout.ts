import { signOut } from '../frame/openid-login.ts';
import { ENDED, PASSES, startTwoProcesses } from '../frame/two-processes.ts';
import type { Workbench } from '../frame/workbench.ts';
import { aBrowser } from '../sign-in.ts';
import type { Hydra } from './server.ts';
import { GOODBYE_URI, machineAt, signInAt, tellOfSignOuts, WEB } from './tokens.ts';

/**
 * Tests sign-outs of a real Hydra. They name only the session, which the token hook puts into
 * access tokens.
 */
export async function tryLogout(bench: Workbench, server: Hydra): Promise<void> {
  const { issuer } = server;
  const api = await startTwoProcesses(bench, { preset: 'hydra', issuer, clientId: WEB.id });
  if (api === undefined) return;
  await tellOfSignOuts(server, `${api.told}/logout`);
  const machine = await machineAt(server);
  const browser = aBrowser();
  const ended = await signInAt(server, { browser });
  const kept = await signInAt(server);
  bench.note('before sign-out, in both processes', PASSES, await api.answersTo(ended.accessToken));
  await signOut(issuer, { client: WEB, tokens: ended, browser, goodbyeUri: GOODBYE_URI });
  bench.note('after sign-out, within a second', ENDED, await api.endOf(ended.accessToken));
  bench.note("the user's other session", PASSES, await api.answersTo(kept.accessToken));
  bench.note('a machine all the while', PASSES, await api.answersTo(machine));
}
