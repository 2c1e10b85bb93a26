import type { ServerCounterpart } from '../counterpart.ts';
import { tryJwts } from '../hydra/jwts.ts';
import { tryLogout } from '../hydra/logout.ts';
import { tryOpaqueTokens } from '../hydra/opaque-tokens.ts';
import { startHydra, VERSION } from '../hydra/server.ts';
import { registerClients } from '../hydra/tokens.ts';

/** Ory Hydra itself, built from the Go module proxy. */
export const counterpart: ServerCounterpart = {
  description: `Ory Hydra ${VERSION}: JWTs with and without the token hook, opaque tokens, logout`,
  async run(bench) {
    const jwts = await startHydra(bench, 'jwt');
    await registerClients(jwts);
    await tryJwts(bench, jwts);
    await tryLogout(bench, jwts);
    const opaque = await startHydra(bench, 'opaque');
    await registerClients(opaque);
    await tryOpaqueTokens(bench, opaque);
  },
};
