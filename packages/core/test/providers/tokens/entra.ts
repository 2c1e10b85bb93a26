import { entra } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const tid = '3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10';
const app = '0d5e7b90-2a2a-4b4b-9c9c-7e7e8f8f9a9a';
const daemon = '6a7b8c9d-0e0e-4f4f-8a8a-1b1b2c2c3d3d';
const person = 'e7a1f6b2-5c5c-4d4d-9e9e-0f0f1a1a2b2b';
const servicePrincipal = '91f2c3d4-7b7b-4a4a-8c8c-3e3e4f4f5a5a';
const issV1 = `https://sts.windows.net/${tid}/`;
const issV2 = `https://login.microsoftonline.com/${tid}/v2.0`;
const apiV1 = 'api://parcels';
const apiV2 = 'c1d2e3f4-1111-4222-8333-444455556666';

const header = { typ: 'JWT', alg: 'RS256', kid: 'ek2' };
const headerV1 = { typ: 'JWT', alg: 'RS256', kid: 'ek1', x5t: 'ek1' };

const user = {
  aud: apiV2,
  iss: issV2,
  ...TIMES,
  nbf: TIMES.iat,
  azp: app,
  azpacr: '1',
  oid: person,
  sub: 'Pw3xVh8nKQ',
  tid,
  ver: '2.0',
  scp: 'Parcels.Read Parcels.Track',
  roles: ['Dispatcher'],
  preferred_username: 'dana@parcels.example',
  uti: 'x1',
};

const client = {
  aud: apiV2,
  iss: issV2,
  ...TIMES,
  nbf: TIMES.iat,
  azp: daemon,
  azpacr: '2',
  idtyp: 'app',
  oid: servicePrincipal,
  sub: servicePrincipal,
  tid,
  ver: '2.0',
  roles: ['Parcels.Sync.All'],
  uti: 'x2',
};

const userV1 = {
  aud: apiV1,
  iss: issV1,
  ...TIMES,
  nbf: TIMES.iat,
  acr: '1',
  amr: ['pwd', 'mfa'],
  appid: app,
  appidacr: '1',
  oid: person,
  sub: 'Pw3xVh8nKQ',
  tid,
  ver: '1.0',
  scp: 'Parcels.Read',
  upn: 'dana@parcels.example',
  unique_name: 'dana@parcels.example',
};

const clientV1 = {
  aud: apiV1,
  iss: issV1,
  ...TIMES,
  nbf: TIMES.iat,
  appid: daemon,
  appidacr: '2',
  idp: issV1,
  oid: servicePrincipal,
  sub: servicePrincipal,
  tid,
  ver: '1.0',
  roles: ['Parcels.Sync.All'],
};

const v1 = () => entra({ tenant: tid, version: 'v1', jwks: NO_KEYS });

const asUser = {
  kind: 'user',
  id: person,
  clientId: app,
  scopes: ['Parcels.Read', 'Parcels.Track'],
  roles: ['Dispatcher'],
  tenant: tid,
} as const;
const asClient = {
  kind: 'client',
  id: daemon,
  roles: ['Parcels.Sync.All'],
  tenant: tid,
} as const;

/** A user on whose behalf an agent acts, and an agent that uses the account that it was given. */
const viaAgent = { ...user, idtyp: 'user', azp: daemon, xms_act_fct: '9 3 11' };
const account = {
  ...viaAgent,
  oid: '55555555-7b7b-4a4a-8c8c-3e3e4f4f5a5a',
  preferred_username: 'agent@parcels.example',
  xms_sub_fct: '3 13',
};
const asUserViaAgent = {
  ...asUser,
  clientId: daemon,
  actor: { id: daemon, profile: 'agent' },
} as const;
const asAccount = {
  kind: 'client',
  id: daemon,
  scopes: asUser.scopes,
  roles: asUser.roles,
  tenant: tid,
  agent: true,
  subject: account.oid,
} as const;

export const table: TokenTable = {
  preset: 'entra',
  sources: [
    'https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference',
    'https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference',
    'https://learn.microsoft.com/en-us/entra/identity-platform/scenario-protected-web-api-verification-scope-app-roles',
    'https://learn.microsoft.com/en-us/entra/agent-id/agent-token-claims',
  ],
  create: (issuer) => entra({ issuer, jwks: NO_KEYS }),
  issuer: issV2,
  requires: ['aud', 'sub', 'oid', 'tid', 'azp'],
  audience: [apiV1, apiV2],
  reserved: ['idtyp', 'oid', 'scp', 'xms_act_fct', 'xms_sub_fct'],
  tokens: [
    { name: 'a user, v2.0', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user with idtyp and groups',
      truth: 'user',
      header,
      claims: { ...user, idtyp: 'user', groups: ['8f1a', '9b2c'] },
      expect: { ...asUser, groups: ['8f1a', '9b2c'] },
    },
    {
      name: 'a client, v2.0 with idtyp',
      truth: 'client',
      header,
      claims: client,
      expect: asClient,
    },
    {
      name: 'a client without idtyp and roles',
      truth: 'client',
      header,
      claims: without(client, 'idtyp', 'roles'),
      expect: { kind: 'client', id: daemon, tenant: tid },
    },
    {
      name: 'a user, v1.0',
      truth: 'user',
      header: headerV1,
      provider: v1,
      requires: ['aud', 'sub', 'oid', 'tid', 'appid'],
      claims: userV1,
      expect: {
        kind: 'user',
        id: person,
        clientId: app,
        scopes: ['Parcels.Read'],
        tenant: tid,
      },
    },
    {
      name: 'a client, v1.0 without idtyp',
      truth: 'client',
      header: headerV1,
      provider: v1,
      claims: clientV1,
      expect: asClient,
    },
    {
      name: 'a client, v1.0 with idtyp',
      truth: 'client',
      header: headerV1,
      provider: v1,
      claims: { ...clientV1, idtyp: 'app' },
      expect: asClient,
    },
    ...['/', ''].map((scp) => ({
      name: `an autonomous agent, whose scp is "${scp}" and whose oid is not sub`,
      truth: 'client' as const,
      header,
      claims: { ...client, scp, sub: 'aGent0', xms_act_fct: '9 3 11' },
      expect: { ...asClient, agent: true as const },
    })),
    {
      name: 'an agent on behalf of a user',
      truth: 'user',
      header,
      claims: { ...viaAgent, xms_sub_fct: '2 3', xms_par_app_azp: app },
      expect: asUserViaAgent,
    },
    {
      name: 'an agent on behalf of a user, by its facet alone',
      truth: 'user',
      header,
      claims: viaAgent,
      expect: asUserViaAgent,
    },
    {
      name: 'an agent on behalf of a user, by the application that it descends from',
      truth: 'user',
      header,
      claims: { ...without(viaAgent, 'xms_act_fct'), xms_par_app_azp: app },
      expect: asUserViaAgent,
    },
    {
      name: 'an agent on behalf of a user, without idtyp',
      truth: 'user',
      header,
      claims: without(viaAgent, 'idtyp'),
      expect: asUserViaAgent,
    },
    {
      name: 'an agent on behalf of a user, v1.0',
      truth: 'user',
      header: headerV1,
      provider: v1,
      claims: { ...userV1, idtyp: 'user', appid: daemon, xms_act_fct: '11 9 3' },
      expect: {
        kind: 'user',
        id: person,
        clientId: daemon,
        scopes: ['Parcels.Read'],
        tenant: tid,
        actor: asUserViaAgent.actor,
      },
    },
    {
      name: 'a user by idtyp, without scopes',
      truth: 'user',
      header,
      claims: { ...without(user, 'scp', 'roles', 'groups'), idtyp: 'user' },
      expect: { kind: 'user', id: person, clientId: app, tenant: tid },
    },
    {
      name: 'a user with facets that say nothing of agents',
      truth: 'user',
      header,
      claims: { ...user, idtyp: 'user', xms_act_fct: '3 9', xms_sub_fct: '113 131 3 1' },
      expect: asUser,
    },
    ...['13', '3 13', '13 9 3', '9  13', '11 13'].map((facets) => ({
      name: `an agent by its own user account, whose facets are "${facets}"`,
      truth: 'client' as const,
      header,
      claims: { ...account, xms_sub_fct: facets },
      onlyMarks: ['xms_sub_fct'],
      expect: asAccount,
    })),
    {
      name: 'an agent by its own user account, without idtyp and the facet of the actor',
      truth: 'client',
      header,
      claims: without(account, 'idtyp', 'xms_act_fct'),
      onlyMarks: ['xms_sub_fct'],
      expect: asAccount,
    },
    {
      name: 'an agent by its own user account, of one tenant of many',
      truth: 'client',
      header,
      provider: () => entra({ tenants: [tid], jwks: NO_KEYS }),
      claims: account,
      onlyMarks: ['xms_sub_fct'],
      expect: asAccount,
    },
    {
      name: 'an agent that a facet calls one, and nothing else',
      truth: 'client',
      header,
      claims: { ...without(client, 'idtyp'), scp: '/', sub: 'aGent0', xms_sub_fct: '11' },
      expect: { ...asClient, agent: true },
    },
    {
      name: 'an agent that idtyp calls a user',
      truth: 'client',
      header,
      claims: { ...account, xms_sub_fct: '11' },
      expect: 'refused',
    },
    {
      name: "an agent's user account that idtyp calls an app",
      truth: 'client',
      header,
      claims: { ...client, xms_sub_fct: '13' },
      expect: 'refused',
    },
    ...[13, ['13'], null, { 13: true }, '', 'agent', '13;9'].flatMap((facets) =>
      ['xms_sub_fct', 'xms_act_fct'].map((name) => ({
        name: `facets in ${name} of another type than documented: ${JSON.stringify(facets)}`,
        truth: 'client' as const,
        header,
        claims: { ...account, [name]: facets },
        expect: 'refused' as const,
      })),
    ),
    {
      name: 'a tenant of many, v1.0',
      truth: 'user',
      header: headerV1,
      provider: () => entra({ tenants: [tid], version: 'v1', jwks: NO_KEYS }),
      claims: userV1,
      expect: {
        kind: 'user',
        id: person,
        clientId: app,
        scopes: ['Parcels.Read'],
        tenant: tid,
      },
    },
    {
      name: 'a tenant of many',
      truth: 'user',
      header,
      provider: () => entra({ tenants: [tid], jwks: NO_KEYS }),
      claims: user,
      expect: asUser,
    },
    {
      name: 'a client that claims scopes',
      truth: 'client',
      header,
      claims: { ...client, scp: 'Parcels.Read' },
      expect: 'refused',
    },
    {
      name: 'a device',
      truth: 'client',
      header,
      claims: { ...client, idtyp: 'device' },
      expect: 'refused',
    },
    {
      name: 'an agent without idtyp',
      truth: 'client',
      header,
      claims: { ...without(client, 'idtyp'), scp: '/', sub: 'aGent0' },
      expect: 'refused',
    },
    {
      name: 'a client without idtyp that claims scopes',
      truth: 'client',
      header,
      claims: { ...without(client, 'idtyp'), scp: 'Parcels.Read' },
      expect: 'refused',
    },
    {
      name: 'a user of another tenant',
      truth: 'user',
      header,
      claims: { ...user, tid: '11111111-1111-4111-8111-111111111111' },
      expect: 'refused',
    },
    {
      name: 'scopes in a list',
      truth: 'user',
      header,
      claims: { ...user, scp: ['Parcels.Read'] },
      expect: 'refused',
    },
  ],
};
