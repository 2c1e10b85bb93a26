import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';
import { textIn } from '../frame/json-members.ts';
import type { Registered } from '../frame/openid-login.ts';
import type { Keycloak } from './server.ts';

/** The redirect URI of the web applications. Nothing listens there. */
export const REDIRECT_URI = 'http://127.0.0.1:1/callback';
export const GOODBYE_URI = 'http://127.0.0.1:1/goodbye';

export const REALM = 'logistics';
export const PASSWORD = 'a-password-of-a-person';

/**
 * People. The second has a name that looks like that of a service account. Keycloak does not
 * reserve such names.
 */
export const DANA = 'dana';
export const PRETENDER = 'service-account-courier-web';

/** The receiver of security events. Its tokens manage the stream. */
export const RECEIVER: Registered = registered('ssf-receiver');

const LIGHTWEIGHT = { 'client.use.lightweight.access.token.enabled': 'true' };
const DPOP_BOUND = { 'dpop.bound.access.tokens': 'true' };
const CERTIFICATE_BOUND = { 'tls.client.certificate.bound.access.tokens': 'true' };

const RECEIVES_EVENTS = { 'ssf.enabled': 'true', 'ssf.defaultSubjects': 'ALL' };

/** A client of the realm. Its secret is derived from its id. */
export function registered(id: string): Registered {
  return { id, secret: `a-secret-of-${id}` };
}

/**
 * The client that introspects tokens. Keycloak answers only a client whose id is in the token's
 * `aud`.
 */
export const API_CLIENT: Registered = registered(AUDIENCE);

/** Makes a realm with clients of each kind. */
export async function makeRealm({ admin }: Keycloak): Promise<void> {
  await admin('POST', '', {
    realm: REALM,
    enabled: true,
    attributes: { 'ssf.transmitterEnabled': 'true' },
    users: [person(DANA), person(PRETENDER)],
    clients: [
      machine(AUDIENCE, { audience: false }),
      machine('nightly-sync'),
      machine('elsewhere-sync', { audience: false }),
      machine('light-sync', { attributes: LIGHTWEIGHT }),
      machine('bound-sync', { attributes: DPOP_BOUND }),
      machine('tls-sync', { attributes: CERTIFICATE_BOUND }),
      machine('exchanger', { attributes: { 'standard.token.exchange.enabled': 'true' } }),
      machine(RECEIVER.id, { audience: false, attributes: RECEIVES_EVENTS }),
      webApp('courier-web', { mappers: [audienceMapper('exchanger')] }),
      webApp('light-web', { attributes: LIGHTWEIGHT }),
      webApp('bound-web', { attributes: DPOP_BOUND }),
    ],
  });
  await addScope(admin);
}

/** Every client may request the scope of the API. Tokens do not have it by default. */
async function addScope(admin: Keycloak['admin']): Promise<void> {
  await admin('POST', `/${REALM}/client-scopes`, {
    name: SCOPE,
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'true' },
  });
  const scopes = await idsOf(admin, 'client-scopes', 'name');
  for (const [clientId, id] of await idsOf(admin, 'clients', 'clientId')) {
    if (!/-sync$|-web$|^exchanger$|^ssf-receiver$/.test(clientId)) continue;
    const names = clientId === RECEIVER.id ? ['ssf.read', 'ssf.manage'] : [SCOPE];
    for (const name of names) {
      await admin('PUT', `/${REALM}/clients/${id}/optional-client-scopes/${scopes.get(name)}`, {});
    }
  }
}

/** The ids of clients, client scopes or users, by their names. */
export async function idsOf(
  admin: Keycloak['admin'],
  what: 'clients' | 'client-scopes' | 'users',
  name: string,
): Promise<ReadonlyMap<string, string>> {
  const found = await admin('GET', `/${REALM}/${what}?max=200`);
  if (!Array.isArray(found)) return new Map();
  return new Map(found.map((each) => [String(each[name]), String(each.id)]));
}

/** Sets attributes of an existing client. Its other attributes stay. */
export async function setAttributes(
  admin: Keycloak['admin'],
  { id: clientId }: Registered,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  const id = (await idsOf(admin, 'clients', 'clientId')).get(clientId);
  await admin('PUT', `/${REALM}/clients/${id}`, { clientId, attributes });
}

/** Makes the realm sign with a new key. Older keys stay published. */
export async function signWithNewKey(admin: Keycloak['admin']): Promise<void> {
  await admin('POST', `/${REALM}/components`, {
    name: 'a new key',
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    parentId: textIn(await admin('GET', `/${REALM}`), 'id'),
    config: { priority: ['200'], enabled: ['true'], active: ['true'], algorithm: ['RS256'] },
  });
}

interface ClientSettings {
  /** Whether its tokens are for the API. Default `true`. */
  readonly audience?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly mappers?: readonly object[];
}

function machine(id: string, settings: ClientSettings = {}): object {
  return { ...client(id, settings), standardFlowEnabled: false, serviceAccountsEnabled: true };
}

function webApp(id: string, settings: ClientSettings = {}): object {
  const attributes = { ...settings.attributes, 'post.logout.redirect.uris': GOODBYE_URI };
  return { ...client(id, { ...settings, attributes }), redirectUris: [REDIRECT_URI] };
}

function client(
  id: string,
  { audience = true, attributes = {}, mappers = [] }: ClientSettings,
): object {
  return {
    clientId: id,
    secret: registered(id).secret,
    publicClient: false,
    directAccessGrantsEnabled: false,
    attributes,
    protocolMappers: audience ? [audienceMapper(AUDIENCE), ...mappers] : mappers,
  };
}

function audienceMapper(clientId: string): object {
  return {
    name: `audience ${clientId}`,
    protocol: 'openid-connect',
    protocolMapper: 'oidc-audience-mapper',
    config: {
      'included.client.audience': clientId,
      'access.token.claim': 'true',
      'introspection.token.claim': 'true',
    },
  };
}

function person(name: string): object {
  return {
    username: name,
    email: `${name}@parcels.example`,
    emailVerified: true,
    firstName: name,
    lastName: 'Example',
    enabled: true,
    credentials: [{ type: 'password', value: PASSWORD }],
  };
}
