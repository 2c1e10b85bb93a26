import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';
import type { Registered } from '../frame/openid-login.ts';

export const REDIRECT_URI = 'http://127.0.0.1:1/callback';
export const SCOPES = `openid ${SCOPE}`;

/** People of the server's demonstration. Their passwords are their names. */
export const DOCTOR = 'dwho';
export const ROSE = 'rtyler';

export const WEB = registered('courierweb');
/** A machine that has the name of a person. */
export const TWIN = registered(DOCTOR);
export const MACHINE = registered('nightlysync');
/** A machine whose tokens name another API. */
export const ELSEWHERE = registered('letterssync');
/** The one whose access tokens are opaque. */
export const OPAQUE_WEB = registered('opaqueweb');
export const OPAQUE_MACHINE = registered('opaquesync');
export const ASKING = registered('parcelsapi');

/** All of them as the server's configuration has them. */
export function relyingParties(): object {
  const parties = [WEB, TWIN, MACHINE, ELSEWHERE, OPAQUE_WEB, OPAQUE_MACHINE, ASKING];
  const forEach = (member: (party: Registered) => object) =>
    Object.fromEntries(parties.map((party) => [party.id, member(party)]));
  return {
    oidcRPMetaDataOptions: forEach(optionsOf),
    oidcRPMetaDataExportedVars: forEach(() => ({ caller_type: 'callerType' })),
    // As docs/presets/lemonldap.md tells to write it.
    oidcRPMetaDataMacros: forEach(() => ({ callerType: '$_auth ? "human" : "machine"' })),
    // A claim comes with a scope: with the one that every token is asked for with.
    oidcRPMetaDataOptionsExtraClaims: forEach(() => ({ [SCOPE]: 'caller_type' })),
  };
}

function optionsOf(party: Registered): object {
  const prefixed = {
    ClientID: party.id,
    ClientSecret: party.secret,
    RedirectUris: REDIRECT_URI,
    IDTokenSignAlg: 'RS256',
    AccessTokenSignAlg: 'RS256',
    AccessTokenJWT: party === OPAQUE_WEB || party === OPAQUE_MACHINE ? 0 : 1,
    AccessTokenClaims: 1,
    AdditionalAudiences: party === ELSEWHERE ? 'https://letters.example' : AUDIENCE,
    AllowClientCredentialsGrant: 1,
    BypassConsent: 1,
    RefreshToken: 1,
  };
  return Object.fromEntries(
    Object.entries(prefixed).map(([name, value]) => [`oidcRPMetaDataOptions${name}`, value]),
  );
}

function registered(id: string): Registered {
  return { id, secret: `aSecretOf${id}` };
}
