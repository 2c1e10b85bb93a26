import type { ServerCounterpart } from '../counterpart.ts';
import { tryBoundTokens } from '../glewlwyd/bound-tokens.ts';
import { tryIntrospection } from '../glewlwyd/introspection.ts';
import { tryJwts } from '../glewlwyd/jwts.ts';
import { tryLogout } from '../glewlwyd/logout.ts';
import { tryOurClient } from '../glewlwyd/own-client.ts';
import { startGlewlwyd } from '../glewlwyd/server.ts';
import { register } from '../glewlwyd/tokens.ts';

/** Glewlwyd, from Debian. */
export const counterpart: ServerCounterpart = {
  description: 'Glewlwyd of Debian: JWTs, introspection, DPoP, logout',
  async run(bench) {
    const server = await startGlewlwyd(bench);
    await register(server);
    await tryJwts(bench, server);
    await tryIntrospection(bench, server);
    await tryBoundTokens(bench, server);
    await tryOurClient(bench, server);
    await tryLogout(bench, server);
  },
};
