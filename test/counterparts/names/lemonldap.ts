import type { ServerCounterpart } from '../counterpart.ts';
import { tryIntrospection } from '../lemonldap/introspection.ts';
import { tryJwts } from '../lemonldap/jwts.ts';
import { startLemonldap } from '../lemonldap/server.ts';

/** LemonLDAP::NG, from Debian. */
export const counterpart: ServerCounterpart = {
  description: 'LemonLDAP::NG of Debian: JWTs by the macro, opaque tokens',
  async run(bench) {
    const issuer = await startLemonldap(bench);
    await tryJwts(bench, issuer);
    await tryIntrospection(bench, issuer);
  },
};
