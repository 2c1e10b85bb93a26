import { clerk } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable, without } from '../token-table.ts';

const header = { alg: 'RS256', typ: 'JWT', kid: 'ins_1' };
const sessionHeader = { ...header, cat: 'cl_B7d4PD111AAA' };
const templateHeader = { ...header, cat: 'cl_B7d4PD222AAA' };
const machineHeader = { ...header, cat: 'cl_B7d4PD333AAA' };
const oauthHeader = { ...header, typ: 'at+jwt' };
const iss = 'https://clerk.parcels.example';

const session = {
  azp: 'https://app.parcels.example',
  ...TIMES,
  nbf: 1_789_999_990,
  iss,
  sid: 'sess_1',
  sts: 'active',
  sub: 'user_2Zk',
  v: 2,
  fea: 'o:parcels,o:labels',
  fva: [1, -1],
  o: { id: 'org_7d', slg: 'north', rol: 'dispatcher', per: 'read,manage', fpm: '3,1' },
};

const sessionV1 = {
  azp: 'https://app.parcels.example',
  ...TIMES,
  iss,
  sid: 'sess_1',
  sub: 'user_2Zk',
  org_id: 'org_7d',
  org_role: 'org:dispatcher',
  org_slug: 'north',
  org_permissions: ['org:parcels:read'],
};

const oauth = {
  iss,
  sub: 'user_2Zk',
  client_id: 'coa_81',
  ...TIMES,
  nbf: TIMES.iat,
  jti: 'oat_1',
  scope: 'openid profile',
};

const machine = {
  iss,
  sub: 'mch_3Qa',
  ...TIMES,
  nbf: TIMES.iat,
  jti: 'mt_1',
  aud: ['mch_3Qb'],
  scopes: 'mch_3Qb',
};

const asSession = {
  kind: 'user',
  id: 'user_2Zk',
  permissions: ['org:parcels:read', 'org:parcels:manage', 'org:labels:read'],
  roles: ['org:dispatcher'],
  tenant: 'org_7d',
} as const;
const asOAuth = {
  kind: 'user',
  id: 'user_2Zk',
  clientId: 'coa_81',
  scopes: ['openid', 'profile'],
} as const;
const asMachine = { kind: 'client', id: 'mch_3Qa', scopes: ['mch_3Qb'] } as const;

export const table: TokenTable = {
  preset: 'clerk',
  sources: [
    'https://clerk.com/docs/guides/sessions/session-tokens',
    'https://clerk.com/docs/guides/development/machine-auth/m2m-tokens',
    'https://github.com/clerk/javascript packages/backend/src/api/resources',
  ],
  create: (issuer) =>
    clerk({
      issuer,
      jwks: NO_KEYS,
      authorizedParties: ['https://app.parcels.example'],
      clientIds: ['coa_81'],
      machines: ['mch_3Qa'],
    }),
  issuer: iss,
  requires: ['sub'],
  audience: [],
  tokens: [
    {
      name: 'a user, session version 2',
      truth: 'user',
      header: sessionHeader,
      claims: session,
      expect: asSession,
    },
    {
      name: 'a user, session version 1 without cat',
      truth: 'user',
      header,
      claims: sessionV1,
      expect: { ...asSession, permissions: ['org:parcels:read'] },
    },
    {
      name: 'a user of no organization, by a template',
      truth: 'user',
      header: templateHeader,
      claims: without(session, 'o', 'fea'),
      expect: { kind: 'user', id: 'user_2Zk' },
    },
    {
      name: 'a user who has still to change the password or choose an organization',
      truth: 'user',
      header: sessionHeader,
      claims: { ...session, sts: 'pending' },
      expect: 'refused',
    },
    {
      name: 'a user with a state of the session that is no text',
      truth: 'user',
      header: sessionHeader,
      claims: { ...session, sts: null },
      expect: 'refused',
    },
    {
      name: 'a user who is impersonated',
      truth: 'user',
      header: sessionHeader,
      claims: { ...session, act: { iss: 'https://dashboard.clerk.com', sid: 's', sub: 'user_9' } },
      expect: asSession,
    },
    {
      name: 'a user through an OAuth application',
      truth: 'user',
      header: oauthHeader,
      claims: oauth,
      expect: asOAuth,
    },
    {
      name: 'a user through an OAuth application, with scopes in a list',
      truth: 'user',
      header: { ...oauthHeader, typ: 'application/AT+JWT' },
      claims: { ...without(oauth, 'scope'), scp: ['openid', 'profile'] },
      expect: asOAuth,
    },
    {
      name: 'a machine',
      truth: 'client',
      header: machineHeader,
      claims: machine,
      expect: asMachine,
    },
    {
      name: 'a machine that says that it is a user of an organization',
      truth: 'client',
      header,
      claims: {
        ...machine,
        azp: 'https://app.parcels.example',
        client_id: 'coa_81',
        sid: 'sess_1',
        o: session.o,
        fea: session.fea,
        org_role: 'org:admin',
      },
      expect: asMachine,
    },
    {
      name: 'a machine that is not on the list',
      truth: 'client',
      header: machineHeader,
      claims: { ...machine, sub: 'mch_9Zz' },
      expect: 'refused',
    },
    {
      name: 'a session of another origin',
      truth: 'user',
      header: sessionHeader,
      claims: { ...session, azp: 'https://evil.example' },
      expect: 'refused',
    },
    {
      name: 'a session without an origin',
      truth: 'user',
      header: sessionHeader,
      claims: without(session, 'azp'),
      expect: 'refused',
    },
    {
      name: 'an OAuth application that is not on the list',
      truth: 'user',
      header: oauthHeader,
      claims: { ...oauth, client_id: 'coa_99', azp: 'https://app.parcels.example' },
      expect: 'refused',
    },
    {
      name: "a machine's category over a user's subject",
      truth: 'client',
      header: machineHeader,
      claims: { ...session },
      expect: 'refused',
    },
    {
      name: "a session's category over a machine's subject",
      truth: 'client',
      header: sessionHeader,
      claims: machine,
      expect: 'refused',
    },
    {
      name: "a machine's category over an OAuth token of a user",
      truth: 'user',
      header: { ...machineHeader, typ: 'at+jwt' },
      claims: oauth,
      expect: 'refused',
    },
    {
      name: 'a user through an OAuth application, with the type written out',
      truth: 'user',
      header: { ...header, typ: 'application/at+JWT' },
      claims: oauth,
      expect: asOAuth,
    },
    {
      name: 'a category of a user that nobody knows',
      truth: 'user',
      header: { ...header, cat: 'cl_B7d4PD999AAA' },
      claims: session,
      expect: 'refused',
    },
    {
      name: 'a machine that calls its token an OAuth token',
      truth: 'client',
      header: oauthHeader,
      claims: { ...machine, client_id: 'coa_81' },
      expect: 'refused',
    },
    {
      name: 'a category that is no string',
      truth: 'client',
      header: { ...header, cat: 333 },
      claims: machine,
      expect: 'refused',
    },
    {
      name: 'a subject of another kind',
      truth: 'client',
      header,
      claims: { ...session, sub: 'ak_1' },
      expect: 'refused',
    },
  ],
};
