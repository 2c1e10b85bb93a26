import type { ServerCounterpart } from '../counterpart.ts';
import { tryBoundTokens } from '../keycloak/bound-tokens.ts';
import { tryIntrospection } from '../keycloak/introspection.ts';
import { tryJwts } from '../keycloak/jwts.ts';
import { tryLogout } from '../keycloak/logout.ts';
import { tryOurClient } from '../keycloak/own-client.ts';
import { makeRealm, REALM } from '../keycloak/realm.ts';
import { startKeycloak, VERSION } from '../keycloak/server.ts';

/** Keycloak itself, from Maven Central. */
export const counterpart: ServerCounterpart = {
  description: `Keycloak ${VERSION}: JWTs, introspection, DPoP, mTLS, exchange, logout, security events`,
  async run(bench) {
    const server = await startKeycloak(bench);
    await makeRealm(server);
    const issuer = `${server.origin}/realms/${REALM}`;
    await tryJwts(bench, issuer, server);
    await tryIntrospection(bench, issuer);
    await tryBoundTokens(bench, issuer, server);
    await tryOurClient(bench, issuer);
    await tryLogout(bench, issuer, server);
  },
};
