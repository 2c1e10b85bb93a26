import type { JsonWebKeySet } from '@authly/core';
import {
  authlib,
  authly,
  betterAuth,
  canaille,
  custom,
  django,
  glewlwyd,
  hydra,
  keycloak,
  kubernetes,
  lemonldap,
  oidcProvider,
  type Provider,
  rfc9068,
  spiffe,
  spring,
  supabase,
  zitadel,
} from '@authly/core/providers';
import { openauth } from '../docs/snippets/other-providers/recipes.ts';
import type { RecordedToken } from './recorded-token.ts';

/** Tokens by their ids, each with the reason why it stands here. */
export type Exceptions = Readonly<Record<string, string>>;

/** A preset with its options, and what becomes of the recorded tokens that go through it. */
export interface Setting {
  readonly name: string;
  /** The files of `tokens/`. */
  readonly servers: readonly string[];
  /** The tokens of those files that the setting is for. Default: all. */
  readonly reads?: (token: RecordedToken) => boolean;
  /** The claim that the rule rests on. An access token without it is refused. */
  readonly mark?: string;
  readonly provider: (issuer: string, jwks: JsonWebKeySet) => Provider;
  /** Access tokens that are refused, since they cannot be read or nothing in them tells the kind. */
  readonly refused?: Exceptions;
  /**
   * Tokens for which the options are a false word of the operator's: what the options assert did not
   * hold at that server, and nothing in the token says so. They are read as if it did.
   */
  readonly operatorWordFalse?: Exceptions;
  /** What is no access token, and is refused for its audience alone: nothing else in it tells. */
  readonly audienceAlone?: Exceptions;
}

type Rule = (claims: Readonly<Record<string, unknown>>) => 'user' | 'client' | 'refuse';

/** The rule that the pages of Spring and Hydra give, for the claim that their recipes set. */
const byCallerType: Rule = ({ caller_type: type }) =>
  type === 'human' ? 'user' : type === 'machine' ? 'client' : 'refuse';

const bySubject: Rule = ({ sub, client_id: id }) => (sub === id ? 'client' : 'user');

const hasNoClientId = ({ payload }: RecordedToken) => !Object.hasOwn(payload, 'client_id');

const ES512 = 'ES512, which no preset accepts unless told to';
const NAMED_LIKE_CLIENT = 'a user whose subject is the id of the client that he signs in through';

/** Spring: users who are named like their clients, and have an authority that only people have. */
const SPRING_FACTORS: Exceptions = {
  'sas-user-named-like-his-client': "FACTOR_PASSWORD is a person's, but sub is client_id",
  'sas-exchange-user-named-like-exchanger': "FACTOR_PASSWORD is a person's, but sub is client_id",
  'sas-careless-twin': "FACTOR_PASSWORD is a person's, but sub is client_id",
  'sas-typed-exchange-user-named-like-exchanger': 'caller_type says a person, but sub is client_id',
};

const GLEWLWYD_REFUSED: Exceptions = {
  'gl-oidces384-machine': ES512,
  'gl-oidces384-user': ES512,
  'gl-oauth2-user': 'the plugin writes neither iss nor aud',
};

/** Who calls at these two is known by introspection alone. */
const EVERY_JWT = 'no JWT of this server is read';

/** The app `courier` of the recorded tokens. */
const SUPABASE_APP = '59586486-e369-405a-9d1c-9f1cb81f5598';

export const SETTINGS: readonly Setting[] = [
  {
    name: 'betterAuth',
    servers: ['better-auth'],
    provider: (issuer, jwks) => betterAuth({ issuer, jwks }),
  },
  {
    name: 'glewlwyd',
    servers: ['glewlwyd'],
    provider: (issuer, jwks) => glewlwyd({ issuer, jwks }),
    refused: GLEWLWYD_REFUSED,
  },
  {
    name: 'lemonldap, disjoint',
    servers: ['lemonldap-ng'],
    provider: (issuer, jwks) => lemonldap({ issuer, jwks, subjectNamespaces: 'disjoint' }),
    refused: { 'll-machine-sub-is-mail': 'sub is null' },
    operatorWordFalse: { 'll-user-named-like-its-client': NAMED_LIKE_CLIENT },
  },
  {
    name: 'lemonldap, by the macro',
    servers: ['lemonldap-ng'],
    mark: 'caller_type',
    provider: (issuer, jwks) => lemonldap({ issuer, jwks, classify: byCallerType }),
  },
  {
    name: 'authlib, disjoint',
    servers: ['authlib'],
    provider: (issuer, jwks) => authlib({ issuer, jwks, subjectNamespaces: 'disjoint' }),
  },
  {
    name: 'authlib, by kindClaim',
    servers: ['authlib'],
    mark: 'sub_type',
    provider: (issuer, jwks) => authlib({ issuer, jwks, kindClaim: 'sub_type' }),
  },
  {
    name: 'django',
    servers: ['django-oauth-toolkit'],
    provider: (issuer, jwks) => django({ issuer, jwks }),
    refused: { 'dot-signed-user': EVERY_JWT },
  },
  {
    name: 'canaille',
    servers: ['canaille'],
    provider: (issuer, jwks) => canaille({ issuer, jwks }),
    refused: {
      'can-user': EVERY_JWT,
      'can-user-lone': EVERY_JWT,
      'can-user-spa': EVERY_JWT,
      'can-user-named-client': EVERY_JWT,
      'can-user-refreshed': EVERY_JWT,
    },
  },
  {
    name: 'rfc9068',
    servers: ['authlib', 'better-auth', 'glewlwyd', 'node-oauth-oauth2-server'],
    provider: (issuer, jwks) => rfc9068({ issuer, jwks }),
    refused: GLEWLWYD_REFUSED,
  },
  {
    name: 'rfc9068, issuer parcels',
    servers: ['mock-oauth2-server'],
    reads: ({ payload }) => payload['iss'] === 'http://127.0.0.1:8210/parcels',
    provider: (issuer, jwks) => rfc9068({ issuer, jwks }),
    operatorWordFalse: {
      'mock-cfg-named-like-client': NAMED_LIKE_CLIENT,
      'mock-cfg-named-like-client-id-token':
        'its configuration gives ID tokens the type and the claims of access tokens',
      'mock-cfg-password-id-token':
        'its configuration gives ID tokens the type and the claims of access tokens',
    },
  },
  {
    name: 'custom with a list of machines, issuer default',
    servers: ['mock-oauth2-server'],
    reads: ({ payload }) => payload['iss'] === 'http://127.0.0.1:8210/default',
    provider: (issuer, jwks) =>
      custom({
        issuer,
        jwks,
        clientId: ({ sub }) => sub,
        classify: ({ sub }) => (sub === 'nightly-sync' ? 'client' : 'user'),
      }),
    refused: { 'mock-code-user': 'nonce, which this server writes into access tokens too' },
    audienceAlone: {
      'mock-user-named-like-client-id-token':
        'aud is the client; all else is as in an access token',
      'mock-code-user-refreshed-id-token': 'aud is the client; all else is as in an access token',
    },
  },
  {
    name: 'authly',
    servers: ['authly-issuer'],
    provider: (issuer, jwks) => authly({ issuer, jwks }),
  },
  {
    name: 'custom for people alone, by auth_time',
    servers: ['canaille'],
    provider: (issuer, jwks) =>
      custom({
        issuer,
        jwks,
        algorithms: ['RS512'],
        classify: ({ auth_time: time }) => (time === undefined ? 'refuse' : 'user'),
      }),
  },
  {
    name: 'custom for people alone',
    servers: ['django-oauth-toolkit', 'oauth2-proxy'],
    provider: (issuer, jwks) => custom({ issuer, jwks, classify: () => 'user' }),
    refused: { 'dot-signed-user': 'no sub: nothing names the person' },
  },
  {
    name: 'custom, by the recipe for openauth',
    servers: ['openauth'],
    provider: (issuer, jwks) => ({ ...openauth, issuer, keys: { kind: 'static', jwks } }),
  },
  {
    name: 'custom, sub against client_id',
    servers: ['lemonldap-ng', 'zitadel-oidc'],
    provider: (issuer, jwks) =>
      custom({ issuer, jwks, requiredClaims: ['client_id', 'jti'], classify: bySubject }),
    refused: { 'll-machine-sub-is-mail': 'sub is null' },
    operatorWordFalse: {
      'll-user-named-like-its-client': NAMED_LIKE_CLIENT,
      'zop-userNamedClient-jwt': NAMED_LIKE_CLIENT,
    },
  },
  {
    name: 'custom without aud, sub against azp',
    servers: ['mitreid-connect'],
    provider: (issuer, jwks) =>
      custom({
        issuer,
        jwks,
        audienceClaim: 'absent',
        accepts: ({ azp }) => azp !== undefined,
        types: { accepted: [], optional: true },
        classify: ({ sub, azp }) => (sub === azp ? 'client' : 'user'),
      }),
  },
  {
    name: 'hydra, disjoint',
    servers: ['hydra'],
    provider: (issuer, jwks) => hydra({ issuer, jwks, subjectNamespaces: 'disjoint' }),
    refused: {
      'hydra-machine-no-aud': 'aud is an empty list',
      'hydra-rotated-ES512': ES512,
      'hydra-user-named-like-client': "ext.email is a person's, but sub is client_id",
      'hydra-user-odd-subject': 'the subject has the form of a service account',
      'hydra-jwtbearer-workload': 'by an assertion (RFC 7523)',
      'hydra-jwtbearer-other-client': 'by an assertion (RFC 7523)',
      'hydra-top-machine-hook': "email is a person's, but sub is client_id",
      'hydra-top-user-named-like-client': 'caller_type says a person, but sub is client_id',
      'hydra-top-user-refreshed': 'caller_type says a person, but sub is client_id',
      'hydra-top-user-named-like-client-email': "email is a person's, but sub is client_id",
      'hydra-top-user-named-like-client-subtype': 'sub_type says a person, but sub is client_id',
      'hydra-hook-user-named-like-client': 'caller_type says a person, but sub is client_id',
    },
    operatorWordFalse: { 'hydra-user-named-like-gateway': NAMED_LIKE_CLIENT },
  },
  {
    name: 'hydra, by the token hook',
    servers: ['hydra'],
    mark: 'caller_type',
    provider: (issuer, jwks) => hydra({ issuer, jwks, classify: byCallerType }),
  },
  {
    name: 'keycloak',
    servers: ['keycloak'],
    provider: (issuer, jwks) => keycloak({ issuer, jwks }),
    refused: {
      'kc-admin-cli': 'lightweight: neither sub nor aud',
      'kc-user-light': 'lightweight: no sub',
      'kc-user-lightweight-2': 'lightweight: no sub',
      'kc-user-lightweight-aud': 'lightweight: no sub',
      'kc-user-nobasic': 'without the scope basic: no sub',
      'kc-machine-session-mapped-exchanged': 'exchanged: nothing in it tells the kind',
      'kc-machine-username-mapped-exchanged': 'exchanged: nothing in it tells the kind',
      'kc-machine-username-mapped-rpt': 'a requesting party token: nothing in it tells the kind',
    },
  },
  {
    name: 'kubernetes',
    servers: ['kubernetes'],
    provider: (issuer, jwks) => kubernetes({ issuer, jwks }),
  },
  {
    name: 'oidcProvider, disjoint',
    servers: ['oidc-provider'],
    provider: (issuer, jwks) => oidcProvider({ issuer, jwks, subjectNamespaces: 'disjoint' }),
    refused: {
      'op-user-named-like-auth0-machine': "the subject has the form of a machine's",
      'op-marked-user-named-like-its-client': 'sub_type says a person, but sub is client_id',
    },
    operatorWordFalse: {
      'op-user-named-like-its-client': NAMED_LIKE_CLIENT,
      'op-user-named-client': NAMED_LIKE_CLIENT,
    },
  },
  {
    name: 'oidcProvider, by kindClaim',
    servers: ['oidc-provider'],
    mark: 'sub_type',
    provider: (issuer, jwks) => oidcProvider({ issuer, jwks, kindClaim: 'sub_type' }),
  },
  {
    name: 'spiffe',
    servers: ['spire'],
    provider: (_issuer, jwks) => spiffe({ trustDomain: 'parcels.example', jwks }),
  },
  {
    name: 'spring, disjoint',
    servers: ['spring-authorization-server'],
    mark: 'client_id',
    provider: (issuer, jwks) =>
      spring({ issuer, jwks, subjectNamespaces: 'disjoint', rolesClaim: 'roles' }),
    refused: SPRING_FACTORS,
    operatorWordFalse: { 'sas-carelessscope-twin': NAMED_LIKE_CLIENT },
  },
  {
    name: 'spring without a customizer, disjoint, clientIdFrom aud',
    servers: ['spring-authorization-server'],
    reads: hasNoClientId,
    provider: (issuer, jwks) =>
      spring({ issuer, jwks, subjectNamespaces: 'disjoint', clientIdFrom: 'aud' }),
    refused: {
      'sas-audonly-machine': 'aud is a URL, which is no id of a client',
      'sas-audonly-user': 'aud is a URL, which is no id of a client',
    },
    operatorWordFalse: {
      'sas-plainname-machine':
        'a customizer put the API, by a plain name, in the place of the client',
      'sas-plainname-user-named-api': 'the same, and a user has the name of the API',
    },
  },
  {
    name: 'spring, by the customizer',
    servers: ['spring-authorization-server'],
    mark: 'caller_type',
    provider: (issuer, jwks) => spring({ issuer, jwks, classify: byCallerType }),
  },
  {
    name: 'zitadel with a list of service users',
    servers: ['zitadel-oidc', 'oauth2-proxy'],
    provider: (issuer, jwks) =>
      zitadel({ issuer, jwks, classify: ({ sub }) => (sub === 'sid1' ? 'client' : 'user') }),
  },
  {
    name: 'supabase',
    servers: ['supabase-auth'],
    provider: (issuer, jwks) => supabase({ issuer, jwks, clientIds: [SUPABASE_APP] }),
    refused: {
      'sb-user-anonymous': 'anybody can sign in anonymously',
      'sb-user-other-app': 'an app that the options do not list',
    },
  },
];
