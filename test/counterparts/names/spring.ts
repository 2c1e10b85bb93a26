import type { ServerCounterpart } from '../counterpart.ts';
import { tryCertificates } from '../spring/certificates.ts';
import { tryJwts } from '../spring/jwts.ts';
import { tryOpaqueTokens } from '../spring/opaque-tokens.ts';
import { tryOurClient } from '../spring/own-client.ts';
import { startSpring, startTlsSpring, VERSION } from '../spring/server.ts';

/** Spring Authorization Server, from Maven Central. */
export const counterpart: ServerCounterpart = {
  description: `Spring Authorization Server ${VERSION}: JWTs, opaque tokens, DPoP, mTLS, exchange`,
  async run(bench) {
    const issuer = await startSpring(bench);
    await tryJwts(bench, issuer);
    await tryOpaqueTokens(bench, issuer);
    await tryOurClient(bench, issuer);
    await tryCertificates(bench, await startTlsSpring(bench));
  },
};
