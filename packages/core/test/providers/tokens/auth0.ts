import { auth0 } from '../../../src/providers/index.ts';
import { API, NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', typ: 'JWT', kid: 'a0k' };
const rfc9068Header = { ...header, typ: 'at+jwt' };
const iss = 'https://parcels-eu.eu.auth0.com/';

const user = {
  iss,
  sub: 'auth0|66b1f0aa0c',
  aud: [API, 'https://parcels-eu.eu.auth0.com/userinfo'],
  azp: 'Kq81ZsW0dDvYtR',
  ...TIMES,
  scope: 'openid profile read:parcels',
  org_id: 'org_Nz71',
  permissions: ['read:parcels', 'edit:parcels'],
};

const client = {
  iss,
  sub: 'm4Qe0NnBt92xPz@clients',
  aud: API,
  azp: 'm4Qe0NnBt92xPz',
  ...TIMES,
  scope: 'sync:parcels',
  gty: 'client-credentials',
  permissions: ['sync:parcels'],
};

const rfc9068Client = {
  iss,
  sub: 'm4Qe0NnBt92xPz@clients',
  aud: API,
  client_id: 'm4Qe0NnBt92xPz',
  ...TIMES,
  jti: 'Qe72',
  scope: 'sync:parcels',
  org_id: 'org_Nz71',
};

const agent = {
  iss,
  sub: 'agt_5TrW1c',
  sub_profile: 'ai_agent',
  client_id: 'Bv09LmQx',
  client_profile: 'service ai_agent',
  aud: API,
  ...TIMES,
  jti: 'Qe74',
  scope: 'read:parcels',
};

const asUser = {
  kind: 'user',
  id: 'auth0|66b1f0aa0c',
  clientId: 'Kq81ZsW0dDvYtR',
  scopes: ['openid', 'profile', 'read:parcels'],
  permissions: ['read:parcels', 'edit:parcels'],
  tenant: 'org_Nz71',
} as const;
const asClient = { kind: 'client', id: 'm4Qe0NnBt92xPz', scopes: ['sync:parcels'] } as const;

export const table: TokenTable = {
  preset: 'auth0',
  sources: [
    'https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles',
    'https://auth0.com/docs/ai-agents-mcp/agents-as-principal/agent-identity-in-tokens',
  ],
  create: (issuer) => auth0({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub', 'iat'],
  audience: [API],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser },
    {
      name: 'a user of the RFC 9068 profile',
      truth: 'user',
      header: rfc9068Header,
      claims: { ...without(user, 'azp'), client_id: 'Kq81ZsW0dDvYtR', jti: 'Qe73' },
      expect: asUser,
    },
    {
      name: 'a user by password, whose gty is there',
      truth: 'user',
      header,
      claims: { ...user, gty: 'password' },
      expect: asUser,
    },
    {
      name: 'a user by refresh token, without permissions and organization',
      truth: 'user',
      header,
      claims: { ...without(user, 'permissions', 'org_id'), gty: 'refresh_token' },
      expect: {
        kind: 'user',
        id: 'auth0|66b1f0aa0c',
        clientId: 'Kq81ZsW0dDvYtR',
        scopes: ['openid', 'profile', 'read:parcels'],
      },
    },
    {
      name: 'a user on whose behalf an agent acts',
      truth: 'user',
      header: rfc9068Header,
      claims: {
        ...agent,
        sub: 'auth0|66b1f0aa0c',
        sub_profile: 'user',
        act: { sub: 'agt_5TrW1c', client_id: 'Bv09LmQx', sub_profile: 'ai_agent' },
      },
      expect: {
        kind: 'user',
        id: 'auth0|66b1f0aa0c',
        clientId: 'Bv09LmQx',
        scopes: ['read:parcels'],
        actor: { id: 'agt_5TrW1c', profile: 'agent' },
      },
    },
    ...(
      [
        [{ sub: 'agt_5TrW1c' }, { id: 'agt_5TrW1c', profile: 'agent' }],
        [
          { sub: 'copilot', client_profile: 'service ai_agent' },
          { id: 'copilot', profile: 'agent' },
        ],
        [
          { sub: 'gateway', sub_profile: 'service' },
          { id: 'gateway', profile: 'service' },
        ],
        [
          { sub: 'web', sub_profile: 'browser_app' },
          { id: 'web', profile: 'service' },
        ],
        [{ sub: 'auth0|1', sub_profile: 'user', client_profile: 'ai_agent' }, undefined],
        [{ sub: 'agt_5TrW1c', sub_profile: 'human' }, undefined],
        [{ sub: 'auth0|1' }, undefined],
        [
          { sub: 'agt_5TrW1c', client_profile: 'service' },
          { id: 'agt_5TrW1c', profile: 'service' },
        ],
      ] as const
    ).map(([act, actor]) => ({
      name: `a user for whom ${JSON.stringify(act)} acts`,
      truth: 'user' as const,
      header,
      claims: { ...user, act },
      expect: { ...asUser, ...(actor && { actor }) },
    })),
    {
      name: 'a user with roles in a namespaced claim',
      truth: 'user',
      header,
      provider: () =>
        auth0({ issuer: iss, jwks: NO_KEYS, rolesClaim: 'https://parcels.example/roles' }),
      claims: { ...user, 'https://parcels.example/roles': ['dispatcher'], roles: ['admin'] },
      expect: { ...asUser, roles: ['dispatcher'] },
    },
    {
      name: 'a client',
      truth: 'client',
      header,
      claims: client,
      expect: { ...asClient, permissions: ['sync:parcels'] },
    },
    {
      name: 'a client of the RFC 9068 profile, which has no gty',
      truth: 'client',
      header: rfc9068Header,
      claims: rfc9068Client,
      expect: { ...asClient, tenant: 'org_Nz71' },
    },
    {
      name: 'a client of an API with agent subjects, without the suffix',
      truth: 'client',
      header: rfc9068Header,
      claims: { ...without(rfc9068Client, 'org_id'), sub: 'm4Qe0NnBt92xPz' },
      expect: asClient,
    },
    {
      name: 'an agent by itself',
      truth: 'client',
      header: rfc9068Header,
      claims: agent,
      expect: { kind: 'client', id: 'Bv09LmQx', scopes: ['read:parcels'], agent: true },
    },
    {
      name: 'an agent whose subject the operator chose to look like a user',
      truth: 'client',
      header: rfc9068Header,
      claims: { ...agent, sub: 'auth0|66b1f0aa0c' },
      onlyMarks: ['sub_profile', 'client_profile'],
      expect: { kind: 'client', id: 'Bv09LmQx', scopes: ['read:parcels'], agent: true },
    },
    {
      name: 'a service by its profile, without gty',
      truth: 'client',
      header: rfc9068Header,
      claims: { ...rfc9068Client, sub_profile: 'service' },
      expect: { ...asClient, tenant: 'org_Nz71' },
    },
    {
      name: 'a client by gty, whose subject the operator chose to look like a user',
      truth: 'client',
      header,
      claims: { ...client, sub: 'auth0|66b1f0aa0c' },
      contrived: true,
      expect: { ...asClient, permissions: ['sync:parcels'] },
    },
    {
      name: 'an agent by the grant of a user',
      truth: 'client',
      header: rfc9068Header,
      claims: { ...agent, gty: 'password' },
      expect: 'refused',
    },
    {
      name: 'a client that an action calls a user, by its subject alone',
      truth: 'client',
      header: rfc9068Header,
      claims: { ...rfc9068Client, sub: 'm4Qe0NnBt92xPz', sub_profile: 'user' },
      expect: 'refused',
    },
    {
      name: 'a client that an action calls a user, by its grant alone',
      truth: 'client',
      header,
      claims: { ...client, sub: 'auth0|66b1f0aa0c', sub_profile: 'user' },
      expect: 'refused',
    },
    {
      name: 'a user of whom nothing names the client',
      truth: 'user',
      header,
      claims: without(user, 'azp'),
      expect: 'refused',
    },
    {
      name: 'an agent without sub_profile',
      contrived: true,
      truth: 'client',
      header: rfc9068Header,
      claims: without(agent, 'sub_profile'),
      expect: 'refused',
    },
    {
      name: 'a profile that is not documented',
      truth: 'client',
      header: rfc9068Header,
      claims: { ...agent, sub_profile: 'human' },
      expect: 'refused',
    },
    {
      name: 'a client that an action calls a user',
      truth: 'client',
      header,
      claims: { ...client, sub_profile: 'user' },
      expect: 'refused',
    },
    ...[['client-credentials'], 'client_credentials', [], { grant: 'client-credentials' }].map(
      (gty) => ({
        name: `an agent with the subject of a user, whose gty is ${JSON.stringify(gty)}`,
        truth: 'client' as const,
        header,
        claims: { ...client, sub: 'auth0|66b1f0aa0c', gty },
        expect: 'refused' as const,
      }),
    ),
    {
      name: 'an agent that an action calls a user',
      truth: 'client',
      // Behind a domain of its own, no other preset could know.
      contrived: true,
      header: rfc9068Header,
      claims: { ...agent, sub_profile: 'user' },
      expect: 'refused',
    },
    {
      name: 'a client whose grant is said to be another',
      truth: 'client',
      header,
      claims: { ...client, gty: 'password' },
      expect: 'refused',
    },
    {
      name: 'another client in sub than in azp',
      truth: 'client',
      header,
      claims: { ...without(client, 'gty'), sub: 'x|y@clients' },
      expect: 'refused',
    },
    {
      name: 'two client ids that differ',
      truth: 'client',
      header,
      claims: { ...client, client_id: 'other' },
      expect: 'refused',
    },
    {
      name: 'a subject without a connection',
      truth: 'user',
      header,
      claims: { ...user, sub: '66b1f0aa0c' },
      expect: 'refused',
    },
  ],
};
