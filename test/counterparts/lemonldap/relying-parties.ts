import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';
import type { Registered } from '../frame/openid-login.ts';

export const REDIRECT_URI = 'http://127.0.0.1:1/callback';
export const SCOPES = `openid ${SCOPE}`;

/** People from the demonstration data of the server. The password of each is the person's name. */
export const DOCTOR = 'dwho';
export const ROSE = 'rtyler';

export const WEB = registered('courierweb');
/** A machine that has the name of a person. */
export const TWIN = registered(DOCTOR);
export const MACHINE = registered('nightlysync');
/** A machine whose tokens name another API. */
export const ELSEWHERE = registered('letterssync');
/** The client whose access tokens are opaque. */
export const OPAQUE_WEB = registered('opaqueweb');
export const OPAQUE_MACHINE = registered('opaquesync');
export const ASKING = registered('parcelsapi');

/** All clients, in the form of the server's configuration. */
export function relyingParties(): object {
  const parties = [WEB, TWIN, MACHINE, ELSEWHERE, OPAQUE_WEB, OPAQUE_MACHINE, ASKING];
  const forEach = (member: (party: Registered) => object) =>
    Object.fromEntries(parties.map((party) => [party.id, member(party)]));
  return {
    oidcRPMetaDataOptions: forEach(optionsOf),
    oidcRPMetaDataExportedVars: forEach(() => ({ caller_type: 'callerType' })),
    // The same line as in docs/presets/lemonldap.md.
    oidcRPMetaDataMacros: forEach(() => ({ callerType: '$_auth ? "human" : "machine"' })),
    // The server adds a claim for a scope. This is the scope that every client of this trial asks
    // for.
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
