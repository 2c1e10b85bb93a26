import {
  custom,
  hydra,
  keycloak,
  oidcProvider,
  type Provider,
  spring,
  zitadel,
} from '@authly/core/providers';
import { generateTestKey } from '@authly/testing';

/** Answers by their ids, each with the reason why it stands here. */
type Exceptions = Readonly<Record<string, string>>;

/** A preset with its options, and what becomes of the recorded answers that it reads. */
export interface AnswerSetting {
  readonly name: string;
  /** The file of `introspection/`. */
  readonly server: string;
  readonly provider: (issuer: string) => Provider;
  /** Servers that name no audience in their answers: all that they call active is for us. */
  readonly audience?: 'trusted';
  /** Access tokens that are refused, since nothing in the answer tells the kind or names the caller. */
  readonly refused?: Exceptions;
  /** What the operator's word says did not hold at that server, and nothing in the answer tells. */
  readonly operatorWordFalse?: Exceptions;
  /** What the answer itself does not tell from an access token; the request's hint has to. */
  readonly byHintAlone?: Exceptions;
}

const KEYS = { jwks: { keys: [generateTestKey('ES256').publicJwk] } };
const JWT_REFUSED = { ...KEYS, classify: () => 'refuse' as const };

export const ANSWER_SETTINGS: readonly AnswerSetting[] = [
  {
    name: 'keycloak',
    server: 'keycloak',
    provider: (issuer) => keycloak({ issuer, ...KEYS }),
    refused: {
      'kc-intro-nobasic': 'without the scope basic: no sub',
      'kc-intro-machine-exchanged': 'exchanged: nothing tells the kind',
    },
  },
  {
    name: 'hydra, disjoint',
    server: 'hydra',
    provider: (issuer) => hydra({ issuer, ...KEYS, subjectNamespaces: 'disjoint' }),
    refused: { 'hydra-intro-jwt-bearer': 'by an assertion (RFC 7523)' },
    operatorWordFalse: {
      'hydra-intro-opaque-user-named-like-client': 'a user named like his client',
    },
  },
  {
    name: 'spring, disjoint',
    server: 'spring-authorization-server',
    provider: (issuer) =>
      spring({ issuer, ...KEYS, subjectNamespaces: 'disjoint', rolesClaim: 'roles' }),
  },
  {
    name: 'zitadel, of whose library an example server answers less',
    server: 'zitadel-oidc',
    audience: 'trusted',
    provider: (issuer) => zitadel({ issuer, ...KEYS, classify: () => 'user' }),
    refused: {
      'zop-intro-user': 'neither token_type nor jti, which ZITADEL itself writes',
      'zop-intro-jwt-user': 'neither token_type nor jti, which ZITADEL itself writes',
    },
  },
  {
    name: 'oidcProvider, disjoint',
    server: 'oidc-provider',
    provider: (issuer) => oidcProvider({ issuer, ...KEYS, subjectNamespaces: 'disjoint' }),
    refused: { 'op-opaque-user-named-like-its-client': 'sub is client_id, by that word no user' },
  },
  {
    name: 'custom for Authlib',
    server: 'authlib',
    provider: (issuer) =>
      custom({
        issuer,
        ...JWT_REFUSED,
        introspected: {
          requiredMembers: ['sub', 'client_id'],
          accepts: ({ token_type: type }) => type === 'Bearer',
          classify: ({ sub, client_id: client, username }) => {
            if (username !== undefined) return 'user';
            return sub === client ? 'client' : 'refuse';
          },
        },
      }),
  },
  {
    name: 'custom for Better Auth',
    server: 'better-auth',
    audience: 'trusted',
    provider: (issuer) =>
      custom({
        issuer,
        ...JWT_REFUSED,
        introspected: {
          requiredMembers: ['client_id'],
          accepts: ({ token_type: type }) => type === 'Bearer',
          classify: ({ sub, client_id: client }) =>
            sub === undefined || sub === client ? 'client' : 'user',
        },
      }),
  },
  {
    name: 'custom for Canaille',
    server: 'canaille',
    provider: (issuer) =>
      custom({
        issuer,
        ...JWT_REFUSED,
        introspected: {
          requiredMembers: ['client_id'],
          accepts: ({ token_type: type }) => type === 'Bearer',
          classify: ({ sub, username }) => {
            if (sub === undefined) return username === undefined ? 'client' : 'refuse';
            return username === undefined ? 'refuse' : 'user';
          },
        },
      }),
    byHintAlone: {
      'can-refresh-token-introspection': 'asked without a hint: field for field an access token',
      'can-refresh-introspected-hint-refresh_token': 'asked with the hint of a refresh token',
    },
  },
  {
    name: 'custom for Django OAuth Toolkit',
    server: 'django-oauth-toolkit',
    audience: 'trusted',
    provider: (issuer) =>
      custom({
        issuer,
        ...JWT_REFUSED,
        userId: ({ username }) => (typeof username === 'string' ? username : undefined),
        introspected: {
          requiredMembers: ['client_id'],
          // It calls nothing else active.
          accepts: () => true,
          classify: ({ username }) => (username === undefined ? 'client' : 'user'),
        },
      }),
  },
  {
    name: 'custom for Glewlwyd',
    server: 'glewlwyd',
    provider: (issuer) =>
      custom({
        issuer,
        ...JWT_REFUSED,
        introspected: {
          requiredMembers: ['client_id', 'jti'],
          accepts: ({ token_type: type }) => type === 'bearer' || type === 'Bearer',
          classify: ({ sub, username }) => {
            if (sub === undefined) return username === undefined ? 'client' : 'refuse';
            return username === undefined ? 'refuse' : 'user';
          },
        },
      }),
  },
  {
    name: 'custom for LemonLDAP::NG',
    server: 'lemonldap-ng',
    audience: 'trusted',
    provider: (issuer) =>
      custom({
        issuer,
        ...JWT_REFUSED,
        introspected: {
          requiredMembers: ['sub', 'client_id', 'iss', 'scope'],
          accepts: () => true,
          classify: ({ sub, client_id: client }) => (sub === client ? 'client' : 'user'),
        },
      }),
  },
  {
    name: 'custom for MITREid Connect',
    server: 'mitreid-connect',
    audience: 'trusted',
    provider: (issuer) =>
      custom({
        issuer,
        ...JWT_REFUSED,
        introspected: {
          requiredMembers: ['sub', 'client_id', 'token_type'],
          accepts: ({ token_type: type }) => type === 'Bearer',
          classify: ({ sub, client_id: client, user_id: user }) => {
            if (user !== undefined) return 'user';
            return sub === client ? 'client' : 'refuse';
          },
        },
      }),
  },
];
