import { custom } from '@authly/express/providers';

// #region openauth
const openauth = custom({
  issuer: 'https://auth.acme.com',
  accepts: ({ mode }) => mode === 'access',
  clientId: ({ aud }) => (typeof aud === 'string' ? aud : undefined),
  classify: ({ type, sub }) => {
    if (type === 'user' && String(sub).startsWith('user:')) return 'user';
    return type === 'service' ? 'client' : 'refuse';
  },
});
// #endregion

// #region dex
const dex = custom({
  issuer: 'https://dex.acme.com',
  classify: () => 'refuse',
  groups: ({ ext }) => {
    const groups = Object(ext)['groups'];
    return Array.isArray(groups) ? groups : [];
  },
  introspected: {
    requiredMembers: ['iss', 'sub', 'client_id'],
    accepts: ({ token_use: use }) => use === 'access_token',
    classify: ({ sub, client_id: clientId }) => {
      const { 1: id, 2: connector } = dexSubject(String(sub));
      if (id === undefined) return 'refuse';
      if (connector !== undefined) return 'user';
      return id === clientId ? 'client' : 'refuse';
    },
  },
});

/** The fields of the protobuf message in `sub`: 1, who, and 2, by which connector. */
function dexSubject(sub: string): Partial<Record<number, string>> {
  const bytes = Buffer.from(sub, 'base64url');
  const fields: Partial<Record<number, string>> = {};
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, length = 0] = bytes.subarray(at, at + 2);
    at += 2 + length;
    // Texts alone (wire type 2), each once, not empty, shorter than 128 bytes.
    const isText = tag % 8 === 2 && length > 0 && length < 128 && at <= bytes.length;
    if (!isText || fields[tag >> 3] !== undefined) return {};
    fields[tag >> 3] = bytes.toString('utf8', at - length, at);
  }
  return fields;
}
// #endregion

// #region salesforce
const people = new Set(['3MVG9web']); // consumer keys of apps in which people sign in
const machines = new Set(['3MVG9nightly']); // those with the client credentials or the JWT bearer flow
const salesforce = custom({
  issuer: 'https://acme.my.salesforce.com',
  jwksUri: 'https://acme.my.salesforce.com/id/keys',
  scopes: 'scp',
  accepts: (_claims, { tty }) => tty === 'sfdc-core-token',
  classify: ({ client_id: app }) => {
    const isPeoples = people.has(String(app));
    if (isPeoples === machines.has(String(app))) return 'refuse';
    return isPeoples ? 'user' : 'client';
  },
});
// #endregion

// #region adfs
const servers = new Set(['0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f']); // applications that call for themselves
const adfs = custom({
  issuer: 'http://sts.acme.com/adfs/services/trust',
  jwksUri: 'https://sts.acme.com/adfs/discovery/keys',
  scopes: 'scp',
  accepts: ({ appid }) => typeof appid === 'string',
  userId: ({ upn }) => (typeof upn === 'string' ? upn : undefined),
  clientId: ({ appid }) => (typeof appid === 'string' ? appid : undefined),
  classify: ({ appid, upn }) => {
    const isServer = servers.has(String(appid));
    if (isServer === (upn !== undefined)) return 'refuse';
    return isServer ? 'client' : 'user';
  },
});

// #endregion

export { adfs, dex, openauth, salesforce };
