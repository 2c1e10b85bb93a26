import {
  authlib,
  betterAuth,
  canaille,
  django,
  glewlwyd,
  hydra,
  keycloak,
  lemonldap,
  oidcProvider,
  type Provider,
  spring,
  zitadel,
} from '@authly/core/providers';
import { generateTestKey } from '@authly/testing';
import { mitreid } from '../docs/snippets/opaque-tokens/recipes.ts';
import { dex } from '../docs/snippets/other-providers/recipes.ts';

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
    name: 'authlib, disjoint',
    server: 'authlib',
    provider: (issuer) => authlib({ issuer, ...KEYS, subjectNamespaces: 'disjoint' }),
  },
  {
    name: 'betterAuth',
    server: 'better-auth',
    audience: 'trusted',
    provider: (issuer) => betterAuth({ issuer, ...KEYS }),
  },
  {
    name: 'canaille',
    server: 'canaille',
    provider: (issuer) => canaille({ issuer, ...KEYS }),
    byHintAlone: {
      'can-refresh-token-introspection': 'asked without a hint: field for field an access token',
      'can-refresh-introspected-hint-refresh_token': 'asked with the hint of a refresh token',
    },
  },
  {
    name: 'django',
    server: 'django-oauth-toolkit',
    audience: 'trusted',
    provider: (issuer) => django({ issuer, ...KEYS }),
  },
  {
    name: 'glewlwyd',
    server: 'glewlwyd',
    provider: (issuer) => glewlwyd({ issuer, ...KEYS }),
    refused: { 'gl-introspect-machine-secret-in-form': 'nothing names the client' },
  },
  {
    name: 'lemonldap, disjoint',
    server: 'lemonldap-ng',
    audience: 'trusted',
    provider: (issuer) => lemonldap({ issuer, ...KEYS, subjectNamespaces: 'disjoint' }),
  },
  {
    name: 'the recipe for MITREid Connect',
    server: 'mitreid-connect',
    audience: 'trusted',
    provider: (issuer) => ({ ...mitreid, issuer }),
  },
  {
    name: 'the recipe for Dex',
    server: 'dex',
    provider: (issuer) => ({ ...dex, issuer }),
  },
];
