import { authentik } from '../../../src/providers/index.ts';
import { NO_KEYS, TIMES, type TokenTable } from '../token-table.ts';

const header = { alg: 'RS256', kid: 'akk', typ: 'JWT' };
const iss = 'https://ak.parcels.example/application/o/parcels/';

const user = {
  iss,
  aud: 'pAk71x',
  ...TIMES,
  acr: 'goauthentik.io/providers/oauth2/default',
  azp: 'pAk71x',
  sub: '9c1185a5c5e9fc54',
  auth_time: 1_789_999_996,
  uid: 'r4Nd0mA',
  preferred_username: 'dana',
  groups: ['dispatch'],
};

const client = {
  iss,
  aud: 'pAk71x',
  ...TIMES,
  acr: 'goauthentik.io/providers/oauth2/default',
  azp: 'pAk71x',
  sub: '1f3870be274f6c49',
  auth_time: TIMES.iat,
  uid: 'r4Nd0mB',
  preferred_username: 'ak-parcels-client_credentials',
  groups: [],
};

const unknown = () => authentik({ issuer: iss, jwks: NO_KEYS, subjectNamespaces: 'unknown' });

export const table: TokenTable = {
  preset: 'authentik',
  sources: [
    'https://github.com/goauthentik/authentik authentik/providers/oauth2/id_token.py',
    'https://docs.goauthentik.io/add-secure-apps/providers/oauth2/machine_to_machine/',
  ],
  create: (issuer) =>
    authentik({
      issuer,
      jwks: NO_KEYS,
      classify: ({ caller_type }) =>
        caller_type === 'human' ? 'user' : caller_type === 'machine' ? 'client' : 'refuse',
    }),
  issuer: iss,
  requires: ['aud', 'sub', 'azp'],
  audience: ['pAk71x'],
  operatorRule: true,
  tokens: [
    {
      name: 'a user, nothing being known',
      truth: 'user',
      header,
      provider: unknown,
      claims: user,
      expect: 'refused',
    },
    {
      name: 'a client, nothing being known',
      truth: 'client',
      header,
      provider: unknown,
      claims: client,
      expect: 'refused',
    },
    {
      name: 'a user, by a scope mapping',
      truth: 'user',
      header,
      claims: { ...user, caller_type: 'human', scope: 'openid profile' },
      expect: {
        kind: 'user',
        id: '9c1185a5c5e9fc54',
        clientId: 'pAk71x',
        scopes: ['openid', 'profile'],
        groups: ['dispatch'],
      },
    },
    {
      name: 'a client, by a scope mapping',
      truth: 'client',
      header,
      claims: { ...client, caller_type: 'machine' },
      expect: { kind: 'client', id: 'pAk71x' },
    },
    {
      name: 'a client without the mapping',
      truth: 'client',
      header,
      claims: client,
      expect: 'refused',
    },
  ],
};
