import { cloudflareAccess } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'cfk', typ: 'JWT' };
const iss = 'https://parcels.cloudflareaccess.com';
const TAG = '32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228';

const user = {
  aud: [TAG],
  email: 'dana@parcels.example',
  ...TIMES,
  nbf: TIMES.iat,
  iss,
  type: 'app',
  identity_nonce: '6ei69kawdKzMIAPF',
  sub: '7335d417-61da-459d-899c-0a01c76a2f94',
  country: 'DE',
};

const client = {
  type: 'app',
  aud: [TAG],
  ...TIMES,
  iss,
  common_name: 'e367826f93b8d71185e03fe518aff3b4.access',
  sub: '',
};

const asUser = { kind: 'user', id: '7335d417-61da-459d-899c-0a01c76a2f94' } as const;
const asClient = { kind: 'client', id: 'e367826f93b8d71185e03fe518aff3b4.access' } as const;

export const table: TokenTable = {
  preset: 'cloudflareAccess',
  sources: [
    'https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/application-token/',
  ],
  create: (issuer) => cloudflareAccess({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'iat', 'type'],
  audience: [TAG],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user with claims of his identity provider',
      truth: 'user',
      header: { alg: 'RS256', kid: 'cfk' },
      claims: { ...user, custom: { groups: ['north'] } },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a caller with a client certificate, and no identity',
      truth: 'client',
      header,
      claims: { ...client, common_name: 'nightly.parcels.example' },
      expect: 'refused',
    },
    {
      name: 'a caller whom a rule without identity let in',
      truth: 'client',
      header,
      claims: without(client, 'common_name'),
      expect: 'refused',
    },
    {
      name: 'a service token that does not say that it is nobody',
      truth: 'client',
      header,
      claims: without(client, 'sub'),
      expect: 'refused',
    },
    {
      name: 'nobody',
      truth: 'user',
      header,
      claims: without(user, 'sub'),
      expect: 'refused',
    },
    {
      name: 'a user who has a client certificate, too',
      truth: 'user',
      header,
      claims: { ...user, common_name: 'dana' },
      expect: 'refused',
    },
    {
      name: 'a client with the address of a person',
      truth: 'client',
      header,
      claims: { ...client, email: 'dana@parcels.example' },
      expect: 'refused',
    },
    {
      name: 'a client with the identity of a person',
      truth: 'client',
      header,
      claims: { ...client, identity_nonce: '6ei69kawdKzMIAPF' },
      expect: 'refused',
    },
    {
      name: "the team's session token",
      truth: 'user',
      header,
      claims: { ...user, type: 'org' },
      expect: 'refused',
    },
    {
      name: 'a user without an address',
      truth: 'user',
      header,
      claims: without(user, 'email'),
      expect: 'refused',
    },
    {
      name: 'a service token whose id is of another form',
      truth: 'client',
      header,
      claims: { ...client, common_name: 'x.e367826f93b8d71185e03fe518aff3b4.access' },
      expect: 'refused',
    },
    {
      name: 'a service token with more behind its id',
      truth: 'client',
      header,
      claims: { ...client, common_name: 'e367826f93b8d71185e03fe518aff3b4.access.example' },
      expect: 'refused',
    },
  ],
};
