import { okta } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { kid: 'okk', alg: 'RS256' };
const iss = 'https://parcels.okta.com/oauth2/aus9f2kd';

const user = {
  ver: 1,
  jti: 'AT.Yw1',
  iss,
  aud: 'api://parcels',
  sub: 'dana@parcels.example',
  ...TIMES,
  cid: '0oa4t7',
  uid: '00u81z',
  scp: ['openid', 'parcels.read'],
  auth_time: 1_789_999_940,
  groups: ['Dispatch'],
};

const client = {
  ver: 1,
  jti: 'AT.Yw2',
  iss,
  aud: 'api://parcels',
  sub: '0oa9m2',
  ...TIMES,
  cid: '0oa9m2',
  scp: ['parcels.sync'],
};

const agent = {
  ver: 1,
  jti: 'AT.Yw4',
  iss,
  aud: 'api://parcels',
  sub: 'wlp7rr',
  sub_profile: 'service',
  ...TIMES,
  scope: 'parcels.read',
  act: { sub: 'wlp2aa', sub_profile: 'ai_agent' },
};

const asUser = {
  kind: 'user',
  id: '00u81z',
  clientId: '0oa4t7',
  scopes: ['openid', 'parcels.read'],
  groups: ['Dispatch'],
} as const;
const asClient = { kind: 'client', id: '0oa9m2', scopes: ['parcels.sync'] } as const;

export const table: TokenTable = {
  preset: 'okta',
  sources: [
    'https://developer.okta.com/docs/concepts/oauth-claims/',
    'https://github.com/okta/okta-developer-docs guides/ai-agent-token-exchange',
  ],
  create: (issuer) => okta({ issuer, jwks: NO_KEYS }),
  issuer: iss,
  requires: ['aud', 'sub', 'iat'],
  audience: ['api://parcels'],
  reserved: ['uid'],
  tokens: [
    { name: 'a user', truth: 'user', header, claims: user, expect: asUser, onlyMarks: ['uid'] },
    {
      name: 'a user, with typ in the header and no groups',
      truth: 'user',
      onlyMarks: ['uid'],
      header: { ...header, typ: 'JWT' },
      claims: without(user, 'groups'),
      expect: {
        kind: 'user',
        id: '00u81z',
        clientId: '0oa4t7',
        scopes: ['openid', 'parcels.read'],
      },
    },
    {
      name: 'a user whose mapped sub is the id of the client',
      truth: 'user',
      onlyMarks: ['uid'],
      header,
      claims: { ...user, sub: '0oa4t7' },
      expect: asUser,
    },
    {
      name: 'a user for whom an agent acts',
      truth: 'user',
      onlyMarks: ['uid'],
      header,
      claims: { ...user, sub_profile: 'user', act: { sub: 'wlp2aa', sub_profile: 'ai_agent' } },
      expect: { ...asUser, actor: { id: 'wlp2aa', profile: 'agent' } },
    },
    {
      name: 'a user for whom something acts that is not documented',
      truth: 'user',
      onlyMarks: ['uid'],
      header,
      claims: { ...user, act: { sub: 'wlp2aa', sub_profile: 'robot' } },
      expect: asUser,
    },
    { name: 'a client', truth: 'client', header, claims: client, expect: asClient },
    {
      name: 'a client whose sub is mapped to look like a person',
      truth: 'client',
      header,
      claims: { ...client, sub: 'dana@parcels.example', email: 'dana@parcels.example' },
      expect: asClient,
    },
    {
      name: 'an agent, whose scopes are a string',
      truth: 'client',
      header,
      claims: agent,
      expect: {
        kind: 'client',
        id: 'wlp7rr',
        scopes: ['parcels.read'],
        actor: { id: 'wlp2aa', profile: 'agent' },
      },
    },
    {
      name: 'an agent of the other profile, with a client id',
      truth: 'client',
      header,
      claims: { ...agent, sub_profile: 'ai_agent', cid: '0oa7rr' },
      expect: {
        kind: 'client',
        id: '0oa7rr',
        scopes: ['parcels.read'],
        agent: true,
        actor: { id: 'wlp2aa', profile: 'agent' },
      },
    },
    {
      name: 'scope beside scp, which counts',
      truth: 'client',
      header,
      claims: { ...client, scope: 'parcels.delete' },
      expect: asClient,
    },
    {
      name: 'an agent whose client id is of another type',
      truth: 'client',
      header,
      claims: { ...agent, sub_profile: 'ai_agent', cid: 7 },
      expect: 'refused',
    },
    {
      name: 'an agent with the id of a user',
      truth: 'client',
      header,
      claims: { ...agent, uid: '00u81z', cid: '0oa7rr' },
      expect: 'refused',
    },
    {
      name: 'a profile that is not documented',
      truth: 'client',
      header,
      claims: { ...agent, sub_profile: 'human' },
      expect: 'refused',
    },
    {
      name: 'an ID token, which has neither cid nor uid',
      truth: 'user',
      header,
      claims: without(user, 'cid', 'uid', 'scp'),
      expect: 'refused',
    },
    {
      name: 'scopes in a string',
      truth: 'user',
      header,
      claims: { ...user, scp: 'parcels.read' },
      expect: 'refused',
    },
  ],
};
