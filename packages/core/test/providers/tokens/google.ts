import { google } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'gk1', typ: 'JWT' };
const iss = 'https://accounts.google.com';
const web = '4471-web.apps.googleusercontent.com';

const user = {
  iss,
  azp: web,
  aud: web,
  sub: '104400100200300',
  hd: 'parcels.example',
  email: 'dana@parcels.example',
  email_verified: true,
  ...TIMES,
};

const client = {
  iss,
  azp: '118822003300440',
  aud: API,
  sub: '118822003300440',
  email: 'nightly@parcels-prod.iam.gserviceaccount.com',
  email_verified: true,
  ...TIMES,
};

export const table: TokenTable = {
  preset: 'google',
  sources: ['https://cloud.google.com/docs/authentication/token-types'],
  create: () =>
    google({ jwks: NO_KEYS, serviceAccounts: ['nightly@parcels-prod.iam.gserviceaccount.com'] }),
  issuer: iss,
  requires: ['aud', 'sub', 'azp'],
  audience: [API, web],
  tokens: [
    {
      name: 'a user',
      truth: 'user',
      header,
      claims: user,
      expect: { kind: 'user', id: '104400100200300', clientId: web, tenant: 'parcels.example' },
    },
    {
      name: 'a user, by the issuer without a scheme',
      truth: 'user',
      header,
      claims: { ...user, iss: 'accounts.google.com' },
      expect: { kind: 'user', id: '104400100200300', clientId: web, tenant: 'parcels.example' },
    },
    {
      name: 'a user of no domain, who gave no address',
      truth: 'user',
      header,
      claims: without(user, 'hd', 'email', 'email_verified'),
      expect: { kind: 'user', id: '104400100200300', clientId: web },
    },
    {
      name: 'a service account',
      truth: 'client',
      header,
      claims: client,
      expect: { kind: 'client', id: '118822003300440' },
    },
    {
      name: 'a service account of somebody else',
      truth: 'client',
      header,
      claims: { ...client, email: 'nightly@evil.iam.gserviceaccount.com' },
      expect: 'refused',
    },
    {
      name: 'a service account in the standard format, without an address',
      truth: 'client',
      header,
      claims: without(client, 'email', 'email_verified'),
      expect: 'refused',
    },
    {
      name: 'a service account whose address is not verified',
      truth: 'client',
      header,
      claims: { ...client, email_verified: 'true' },
      expect: 'refused',
    },
    {
      name: 'a service account through an OAuth client',
      truth: 'client',
      header,
      claims: { ...client, azp: web },
      expect: 'refused',
    },
    {
      name: 'a party that is no OAuth client',
      truth: 'user',
      header,
      claims: { ...user, azp: 'web.example' },
      expect: 'refused',
    },
  ],
};
