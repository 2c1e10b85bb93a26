import { describe, expect, it } from 'vitest';
import { createResourceServer } from '../../src/create-resource-server.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import * as presets from '../../src/providers/index.ts';
import {
  type AudienceProvider,
  auth0,
  authentik,
  authlib,
  authly,
  betterAuth,
  buildkite,
  canaille,
  circleci,
  clerk,
  cloudflareAccess,
  cognito,
  curity,
  custom,
  descope,
  django,
  duende,
  entra,
  firebase,
  fusionauth,
  githubActions,
  gitlab,
  glewlwyd,
  google,
  hydra,
  keycloak,
  kinde,
  kubernetes,
  lemonldap,
  logto,
  oidcProvider,
  okta,
  type Provider,
  pingam,
  pingone,
  rfc9068,
  spiffe,
  spring,
  stytch,
  supabase,
  vercel,
  workos,
  zitadel,
} from '../../src/providers/index.ts';
import { NO_KEYS } from './token-table.ts';

const TENANT = '3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10';
const ORGANIZATION = '7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f';

function openId(issuer: string) {
  return { kind: 'discovery', documents: [`${issuer}/.well-known/openid-configuration`] };
}

function jwks(url: string) {
  return { kind: 'jwks', url };
}

interface Form {
  readonly written: string;
  readonly provider: () => Provider;
  readonly issuer: string;
  readonly keys: unknown;
}

const FORMS: readonly Form[] = [
  {
    written: "rfc9068('https://as.acme.com')",
    provider: () => rfc9068('https://as.acme.com'),
    issuer: 'https://as.acme.com',
    keys: {
      kind: 'discovery',
      documents: [
        'https://as.acme.com/.well-known/openid-configuration',
        'https://as.acme.com/.well-known/oauth-authorization-server',
      ],
    },
  },
  {
    written: 'rfc9068 with a path and a slash',
    provider: () => rfc9068({ issuer: 'https://as.acme.com/tenant/' }),
    issuer: 'https://as.acme.com/tenant/',
    keys: {
      kind: 'discovery',
      documents: [
        'https://as.acme.com/tenant/.well-known/openid-configuration',
        'https://as.acme.com/.well-known/oauth-authorization-server/tenant',
        'https://as.acme.com/.well-known/openid-configuration/tenant',
        'https://as.acme.com/tenant/.well-known/oauth-authorization-server',
      ],
    },
  },
  {
    written: 'rfc9068 on loopback, without https',
    provider: () => rfc9068('http://127.0.0.1:3000'),
    issuer: 'http://127.0.0.1:3000',
    keys: {
      kind: 'discovery',
      documents: [
        'http://127.0.0.1:3000/.well-known/openid-configuration',
        'http://127.0.0.1:3000/.well-known/oauth-authorization-server',
      ],
    },
  },
  {
    written: 'rfc9068 with the address of its keys',
    provider: () =>
      rfc9068({ issuer: 'https://as.acme.com', jwksUri: 'https://as.acme.com/k?app=1' }),
    issuer: 'https://as.acme.com',
    keys: jwks('https://as.acme.com/k?app=1'),
  },
  {
    written: 'rfc9068 with its keys',
    provider: () => rfc9068({ issuer: 'https://as.acme.com', jwks: NO_KEYS }),
    issuer: 'https://as.acme.com',
    keys: { kind: 'static', jwks: NO_KEYS },
  },
  {
    written: "auth0('acme.eu.auth0.com')",
    provider: () => auth0('acme.eu.auth0.com'),
    issuer: 'https://acme.eu.auth0.com/',
    keys: openId('https://acme.eu.auth0.com'),
  },
  {
    written: 'auth0 by domain with keys',
    provider: () => auth0({ domain: 'login.acme.com', jwks: NO_KEYS }),
    issuer: 'https://login.acme.com/',
    keys: { kind: 'static', jwks: NO_KEYS },
  },
  {
    written: 'auth0 in capitals, as no token has it',
    provider: () => auth0('ACME.eu.Auth0.com'),
    issuer: 'https://acme.eu.auth0.com/',
    keys: openId('https://acme.eu.auth0.com'),
  },
  {
    written: 'auth0 by issuer',
    provider: () => auth0('https://login.acme.com/'),
    issuer: 'https://login.acme.com/',
    keys: openId('https://login.acme.com'),
  },
  {
    written: "okta('acme.okta.com', { authorizationServer: 'default' })",
    provider: () => okta('acme.okta.com', { authorizationServer: 'default' }),
    issuer: 'https://acme.okta.com/oauth2/default',
    keys: openId('https://acme.okta.com/oauth2/default'),
  },
  {
    written: "okta('https://acme.okta.com/oauth2/default')",
    provider: () => okta('https://acme.okta.com/oauth2/default'),
    issuer: 'https://acme.okta.com/oauth2/default',
    keys: openId('https://acme.okta.com/oauth2/default'),
  },
  {
    written: 'okta by issuer',
    provider: () => okta({ issuer: 'https://id.acme.com/oauth2/aus9f2kd' }),
    issuer: 'https://id.acme.com/oauth2/aus9f2kd',
    keys: openId('https://id.acme.com/oauth2/aus9f2kd'),
  },
  {
    written: "entra('<tenant id>')",
    provider: () => entra(TENANT.toUpperCase()),
    issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    keys: openId(`https://login.microsoftonline.com/${TENANT}/v2.0`),
  },
  {
    written: 'entra of version 1',
    provider: () => entra({ tenant: TENANT, version: 'v1' }),
    issuer: `https://sts.windows.net/${TENANT}/`,
    keys: openId(`https://login.microsoftonline.com/${TENANT}`),
  },
  {
    written: 'entra by issuer, of version 1 by its form',
    provider: () => entra({ issuer: `https://sts.windows.net/${TENANT}/` }),
    issuer: `https://sts.windows.net/${TENANT}/`,
    keys: openId(`https://login.microsoftonline.com/${TENANT}`),
  },
  {
    written: 'entra of many tenants',
    provider: () => entra({ tenants: [TENANT] }),
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    keys: openId('https://login.microsoftonline.com/organizations/v2.0'),
  },
  {
    written: 'cognito',
    provider: () => cognito({ userPoolId: 'eu-west-1_Zk3Pq9', clientIds: ['6k2v9h'] }),
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zk3Pq9',
    keys: jwks(
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zk3Pq9/.well-known/jwks.json',
    ),
  },
  {
    written: 'cognito in China',
    provider: () => cognito({ userPoolId: 'cn-north-1_Zk3Pq9', clientIds: ['6k2v9h'] }),
    issuer: 'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Zk3Pq9',
    keys: jwks(
      'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Zk3Pq9/.well-known/jwks.json',
    ),
  },
  {
    written: "keycloak('https://sso.acme.com/realms/x')",
    provider: () => keycloak('https://sso.acme.com/realms/x'),
    issuer: 'https://sso.acme.com/realms/x',
    keys: openId('https://sso.acme.com/realms/x'),
  },
  {
    written: 'keycloak of an older release',
    provider: () => keycloak('https://sso.acme.com/auth/realms/x'),
    issuer: 'https://sso.acme.com/auth/realms/x',
    keys: openId('https://sso.acme.com/auth/realms/x'),
  },
  {
    written: 'duende',
    provider: () => duende('https://id.acme.com'),
    issuer: 'https://id.acme.com',
    keys: openId('https://id.acme.com'),
  },
  {
    written: 'oidcProvider',
    provider: () =>
      oidcProvider({
        issuer: 'https://op.acme.com',
        jwks: NO_KEYS,
        kindClaim: 'sub_type',
      }),
    issuer: 'https://op.acme.com',
    keys: { kind: 'static', jwks: NO_KEYS },
  },
  {
    written: 'authly',
    provider: () => authly({ issuer: 'http://localhost:4000', jwks: NO_KEYS }),
    issuer: 'http://localhost:4000',
    keys: { kind: 'static', jwks: NO_KEYS },
  },
  {
    written: "logto('acme.logto.app')",
    provider: () => logto('acme.logto.app'),
    issuer: 'https://acme.logto.app/oidc',
    keys: openId('https://acme.logto.app/oidc'),
  },
  {
    written: 'logto by issuer',
    provider: () => logto('https://auth.acme.com/oidc'),
    issuer: 'https://auth.acme.com/oidc',
    keys: openId('https://auth.acme.com/oidc'),
  },
  {
    written: 'spring with a path and a slash',
    provider: () =>
      spring({ issuer: 'https://auth.acme.com/tenant/', subjectNamespaces: 'unknown' }),
    issuer: 'https://auth.acme.com/tenant/',
    keys: {
      kind: 'discovery',
      documents: [
        'https://auth.acme.com/tenant/.well-known/openid-configuration',
        'https://auth.acme.com/.well-known/oauth-authorization-server/tenant',
        'https://auth.acme.com/.well-known/openid-configuration/tenant',
        'https://auth.acme.com/tenant/.well-known/oauth-authorization-server',
      ],
    },
  },
  {
    written: 'hydra with a slash',
    provider: () => hydra({ issuer: 'https://hydra.acme.com/', subjectNamespaces: 'disjoint' }),
    issuer: 'https://hydra.acme.com/',
    keys: openId('https://hydra.acme.com'),
  },
  {
    written: 'fusionauth',
    provider: () => fusionauth({ issuer: 'acme.com', baseUrl: 'https://auth.acme.com/' }),
    issuer: 'acme.com',
    keys: jwks('https://auth.acme.com/.well-known/jwks.json'),
  },
  {
    written: 'fusionauth whose issuer is its URL',
    provider: () => fusionauth('https://auth.acme.com'),
    issuer: 'https://auth.acme.com',
    keys: jwks('https://auth.acme.com/.well-known/jwks.json'),
  },
  {
    written: 'kinde',
    provider: () => kinde('https://acme.kinde.com'),
    issuer: 'https://acme.kinde.com',
    keys: jwks('https://acme.kinde.com/.well-known/jwks'),
  },
  {
    written: 'clerk',
    provider: () => clerk({ issuer: 'https://x.clerk.accounts.dev', machines: ['mch_1'] }),
    issuer: 'https://x.clerk.accounts.dev',
    keys: jwks('https://x.clerk.accounts.dev/.well-known/jwks.json'),
  },
  {
    written: 'workos for applications',
    provider: () => workos('https://acme.authkit.app'),
    issuer: 'https://acme.authkit.app',
    keys: openId('https://acme.authkit.app'),
  },
  {
    written: 'workos for sessions',
    provider: () => workos({ sessionsOf: 'client_01' }),
    issuer: 'https://api.workos.com',
    keys: jwks('https://api.workos.com/sso/jwks/client_01'),
  },
  {
    written: 'workos for newer sessions',
    provider: () =>
      workos({
        sessionsOf: 'client_01',
        issuer: 'https://api.workos.com/user_management/client_01',
      }),
    issuer: 'https://api.workos.com/user_management/client_01',
    keys: jwks('https://api.workos.com/sso/jwks/client_01'),
  },
  {
    written: "stytch('project-test-1')",
    provider: () => stytch('project-test-1'),
    issuer: 'stytch.com/project-test-1',
    keys: jwks('https://test.stytch.com/v1/sessions/jwks/project-test-1'),
  },
  {
    written: 'stytch, by its issuer',
    provider: () => stytch({ projectId: 'project-live-1', issuer: 'stytch.com/project-live-1' }),
    issuer: 'stytch.com/project-live-1',
    keys: jwks('https://api.stytch.com/v1/sessions/jwks/project-live-1'),
  },
  {
    written: 'stytch, by its issuer alone, from JavaScript',
    provider: () => Reflect.apply(stytch, undefined, [{ issuer: 'stytch.com/project-test-1' }]),
    issuer: 'stytch.com/project-test-1',
    keys: jwks('https://test.stytch.com/v1/sessions/jwks/project-test-1'),
  },
  {
    written: 'stytch, by a base URL with a slash at its end',
    provider: () => stytch({ projectId: 'project-live-1', baseUrl: 'https://login.acme.com/' }),
    issuer: 'stytch.com/project-live-1',
    keys: jwks('https://login.acme.com/v1/sessions/jwks/project-live-1'),
  },
  {
    written: 'stytch for organizations, on a domain of its own',
    provider: () =>
      stytch({
        projectId: 'project-live-1',
        product: 'b2b',
        issuer: 'https://login.acme.com',
        baseUrl: 'https://login.acme.com',
      }),
    issuer: 'https://login.acme.com',
    keys: jwks('https://login.acme.com/v1/b2b/sessions/jwks/project-live-1'),
  },
  {
    written: 'descope',
    provider: () => descope({ projectId: 'P2kQ7', subjectNamespaces: 'unknown' }),
    issuer: 'P2kQ7',
    keys: jwks('https://api.descope.com/v2/keys/P2kQ7'),
  },
  {
    written: 'descope by its issuer',
    provider: () => descope({ issuer: 'P2kQ7', subjectNamespaces: 'unknown' }),
    issuer: 'P2kQ7',
    keys: jwks('https://api.descope.com/v2/keys/P2kQ7'),
  },
  {
    written: 'descope by an issuer that is a URL',
    provider: () =>
      descope({
        issuer: 'https://api.descope.com/v1/apps/P2kQ7',
        subjectNamespaces: 'unknown',
      }),
    issuer: 'https://api.descope.com/v1/apps/P2kQ7',
    keys: jwks('https://api.descope.com/v2/keys/P2kQ7'),
  },
  {
    written: 'descope by a URL',
    provider: () =>
      descope({
        projectId: 'P2kQ7',
        issuer: 'https://api.descope.com/P2kQ7',
        subjectNamespaces: 'unknown',
      }),
    issuer: 'https://api.descope.com/P2kQ7',
    keys: jwks('https://api.descope.com/v2/keys/P2kQ7'),
  },
  {
    written: 'pingone',
    provider: () => pingone('https://auth.pingone.eu/6b1e/as'),
    issuer: 'https://auth.pingone.eu/6b1e/as',
    keys: openId('https://auth.pingone.eu/6b1e/as'),
  },
  {
    written: 'pingone on a domain of its own',
    provider: () => pingone('https://auth.acme.com/as'),
    issuer: 'https://auth.acme.com/as',
    keys: openId('https://auth.acme.com/as'),
  },
  {
    written: 'pingam with a port',
    provider: () => pingam('https://acme.forgeblocks.com:443/am/oauth2/alpha'),
    issuer: 'https://acme.forgeblocks.com:443/am/oauth2/alpha',
    keys: openId('https://acme.forgeblocks.com:443/am/oauth2/alpha'),
  },
  {
    written: 'google',
    provider: () => google({ serviceAccounts: [] }),
    issuer: 'https://accounts.google.com',
    keys: openId('https://accounts.google.com'),
  },
  {
    written: "firebase('acme-prod')",
    provider: () => firebase('acme-prod'),
    issuer: 'https://securetoken.google.com/acme-prod',
    keys: jwks(
      'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
    ),
  },
  {
    written: 'githubActions',
    provider: () => githubActions({ repositoryOwnerIds: ['4411'] }),
    issuer: 'https://token.actions.githubusercontent.com',
    keys: openId('https://token.actions.githubusercontent.com'),
  },
  {
    written: 'githubActions on a server',
    provider: () =>
      githubActions({
        issuer: 'https://ghes.acme.com/_services/token',
        repositoryIds: ['1'],
      }),
    issuer: 'https://ghes.acme.com/_services/token',
    keys: openId('https://ghes.acme.com/_services/token'),
  },
  {
    written: 'kubernetes',
    provider: () => kubernetes('https://oidc.eks.eu-west-1.amazonaws.com/id/A1'),
    issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/A1',
    keys: openId('https://oidc.eks.eu-west-1.amazonaws.com/id/A1'),
  },
  {
    written: 'spiffe by its issuer',
    provider: () => spiffe({ issuer: 'spiffe://acme.com', jwksUri: 'https://bundle.acme.com/' }),
    issuer: 'spiffe://acme.com',
    keys: jwks('https://bundle.acme.com/'),
  },
  {
    written: 'spiffe',
    provider: () => spiffe({ trustDomain: 'acme.com', jwksUri: 'https://bundle.acme.com/' }),
    issuer: 'spiffe://acme.com',
    keys: jwks('https://bundle.acme.com/'),
  },
  {
    written: 'zitadel',
    provider: () => zitadel({ issuer: 'https://acme.zitadel.cloud', subjectNamespaces: 'unknown' }),
    issuer: 'https://acme.zitadel.cloud',
    keys: openId('https://acme.zitadel.cloud'),
  },
  {
    written: 'authentik in global mode',
    provider: () => authentik({ issuer: 'https://ak.acme.com/', subjectNamespaces: 'unknown' }),
    issuer: 'https://ak.acme.com/',
    keys: openId('https://ak.acme.com'),
  },
  {
    written: 'curity',
    provider: () =>
      curity({
        issuer: 'https://login.acme.com/oauth/v2/oauth-anonymous',
        subjectNamespaces: 'disjoint',
      }),
    issuer: 'https://login.acme.com/oauth/v2/oauth-anonymous',
    keys: openId('https://login.acme.com/oauth/v2/oauth-anonymous'),
  },
  {
    written: "betterAuth('https://acme.com/api/auth')",
    provider: () => betterAuth('https://acme.com/api/auth'),
    issuer: 'https://acme.com/api/auth',
    keys: {
      kind: 'discovery',
      documents: [
        'https://acme.com/api/auth/.well-known/openid-configuration',
        'https://acme.com/.well-known/oauth-authorization-server/api/auth',
        'https://acme.com/.well-known/openid-configuration/api/auth',
        'https://acme.com/api/auth/.well-known/oauth-authorization-server',
      ],
    },
  },
  {
    written: 'glewlwyd, whose issuer is the host',
    provider: () => glewlwyd({ issuer: 'https://auth.acme.com/', jwks: NO_KEYS }),
    issuer: 'https://auth.acme.com/',
    keys: { kind: 'static', jwks: NO_KEYS },
  },
  {
    written: 'glewlwyd',
    provider: () => glewlwyd('https://auth.acme.com'),
    issuer: 'https://auth.acme.com',
    keys: {
      kind: 'discovery',
      documents: [
        'https://auth.acme.com/.well-known/openid-configuration',
        'https://auth.acme.com/.well-known/oauth-authorization-server',
      ],
    },
  },
  {
    written: 'lemonldap',
    provider: () => lemonldap({ issuer: 'https://auth.acme.com/', subjectNamespaces: 'disjoint' }),
    issuer: 'https://auth.acme.com/',
    keys: openId('https://auth.acme.com'),
  },
  {
    written: 'authlib by the claim of the kind',
    provider: () => authlib({ issuer: 'https://auth.acme.com', kindClaim: 'sub_type' }),
    issuer: 'https://auth.acme.com',
    keys: {
      kind: 'discovery',
      documents: [
        'https://auth.acme.com/.well-known/openid-configuration',
        'https://auth.acme.com/.well-known/oauth-authorization-server',
      ],
    },
  },
  {
    written: 'django',
    provider: () => django('https://auth.acme.com/o'),
    issuer: 'https://auth.acme.com/o',
    keys: {
      kind: 'discovery',
      documents: [
        'https://auth.acme.com/o/.well-known/openid-configuration',
        'https://auth.acme.com/.well-known/oauth-authorization-server/o',
        'https://auth.acme.com/.well-known/openid-configuration/o',
        'https://auth.acme.com/o/.well-known/oauth-authorization-server',
      ],
    },
  },
  {
    written: 'canaille',
    provider: () => canaille('https://auth.acme.com'),
    issuer: 'https://auth.acme.com',
    keys: openId('https://auth.acme.com'),
  },
  {
    written: 'gitlab',
    provider: () => gitlab({ projectIds: ['20'] }),
    issuer: 'https://gitlab.com',
    keys: openId('https://gitlab.com'),
  },
  {
    written: 'gitlab by a namespace',
    provider: () => gitlab({ namespaceIds: ['72'] }),
    issuer: 'https://gitlab.com',
    keys: openId('https://gitlab.com'),
  },
  {
    written: 'gitlab of your own',
    provider: () => gitlab({ issuer: 'https://git.acme.com' }),
    issuer: 'https://git.acme.com',
    keys: openId('https://git.acme.com'),
  },
  {
    written: 'buildkite',
    provider: () => buildkite({ organizationIds: ['0184990a'] }),
    issuer: 'https://agent.buildkite.com',
    keys: openId('https://agent.buildkite.com'),
  },
  {
    written: 'circleci',
    provider: () => circleci({ organizationId: ORGANIZATION }),
    issuer: `https://oidc.circleci.com/org/${ORGANIZATION}`,
    keys: openId(`https://oidc.circleci.com/org/${ORGANIZATION}`),
  },
  {
    written: 'vercel',
    provider: () => vercel({ issuer: 'https://oidc.vercel.com/acme-2', ownerIds: ['team_1'] }),
    issuer: 'https://oidc.vercel.com/acme-2',
    keys: openId('https://oidc.vercel.com/acme-2'),
  },
  {
    written: 'vercel in the global mode',
    provider: () => vercel({ issuer: 'https://oidc.vercel.com', ownerIds: ['team_1'] }),
    issuer: 'https://oidc.vercel.com',
    keys: openId('https://oidc.vercel.com'),
  },
  {
    written: 'cloudflareAccess',
    provider: () => cloudflareAccess('https://acme.cloudflareaccess.com'),
    issuer: 'https://acme.cloudflareaccess.com',
    keys: jwks('https://acme.cloudflareaccess.com/cdn-cgi/access/certs'),
  },
  {
    written: 'supabase by its reference',
    provider: () => supabase('abcdefghijklmnopqrst'),
    issuer: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1',
    keys: jwks('https://abcdefghijklmnopqrst.supabase.co/auth/v1/.well-known/jwks.json'),
  },
  {
    written: 'supabase by its issuer',
    provider: () => supabase('https://auth.acme.com/auth/v1'),
    issuer: 'https://auth.acme.com/auth/v1',
    keys: jwks('https://auth.acme.com/auth/v1/.well-known/jwks.json'),
  },
  {
    written: 'custom with an issuer that has a preset',
    provider: () =>
      custom({
        issuer: 'https://acme.eu.auth0.com/',
        jwks: NO_KEYS,
        classify: () => 'refuse',
      }),
    issuer: 'https://acme.eu.auth0.com/',
    keys: { kind: 'static', jwks: NO_KEYS },
  },
];

describe('a preset in its shortest form', () => {
  it.each(FORMS)('$written', ({ issuer, keys, provider: made }) => {
    const provider = made();
    expect(provider.issuer).toBe(issuer);
    expect(provider.keys).toEqual(keys);
  });

  it('has a name only if one is given', () => {
    expect(rfc9068({ issuer: 'https://as.acme.com', name: 'acme' }).name).toBe('acme');
    expect(rfc9068('https://as.acme.com')).not.toHaveProperty('name');
  });

  it('has the project as its audience', () => {
    expect(firebase('acme-prod').audience).toBe('acme-prod');
    expect(stytch('project-live-1').audience).toBe('project-live-1');
  });
});

const ruled = { classify: () => 'refuse' } as const;

/** The presets that are given an issuer, with the other options that they need. */
const BY_ISSUER: readonly (readonly [string, object])[] = [
  ['auth0', {}],
  ['authentik', ruled],
  ['authlib', ruled],
  ['authly', {}],
  ['betterAuth', {}],
  ['canaille', {}],
  ['clerk', { machines: ['mch_1'] }],
  ['cloudflareAccess', {}],
  ['curity', ruled],
  ['custom', ruled],
  ['django', {}],
  ['duende', {}],
  ['gitlab', {}],
  ['glewlwyd', {}],
  ['hydra', ruled],
  ['keycloak', {}],
  ['kinde', {}],
  ['kubernetes', {}],
  ['lemonldap', ruled],
  ['logto', {}],
  ['oidcProvider', ruled],
  ['okta', {}],
  ['pingam', {}],
  ['pingone', {}],
  ['rfc9068', {}],
  ['spring', ruled],
  ['supabase', {}],
  ['vercel', { ownerIds: ['team_1'] }],
  ['zitadel', ruled],
];

describe('a preset knows the audiences that name no API', () => {
  it.each<[string, () => Provider, readonly string[]]>([
    ['gitlab', () => gitlab({ projectIds: ['20'] }), ['https://gitlab.com']],
    [
      'gitlab of your own',
      () => gitlab({ issuer: 'https://git.acme.com' }),
      ['https://git.acme.com'],
    ],
    ['circleci', () => circleci({ organizationId: ORGANIZATION }), [ORGANIZATION]],
    [
      'vercel',
      () => vercel({ issuer: 'https://oidc.vercel.com/acme', ownerIds: ['team_1'] }),
      ['https://vercel.com/acme'],
    ],
    [
      'vercel in the global mode, which does not say whose',
      () => vercel({ issuer: 'https://oidc.vercel.com', ownerIds: ['team_1'] }),
      [],
    ],
  ])('%s', (_written, provider, values) => {
    expect(provider().commonAudiences?.values).toEqual(values);
  });
});

describe('every preset', () => {
  it('is in the list of shortest forms', () => {
    const written = FORMS.map(({ provider }) => provider().preset);
    expect([...new Set(written)].toSorted()).toEqual(Object.keys(presets).toSorted());
  });

  it.each(Object.entries(presets))(
    '%s is named in the error for a misspelled option',
    (name, make) => {
      const written = () => Reflect.apply(make, undefined, [{ jwksURI: 'https://as.acme.com/k' }]);
      expect(written).toThrow(ConfigurationError);
      expect(written).toThrow(`${name}(`);
    },
  );

  it.each(Object.keys(presets))('%s says what to write if its options are null', (name) => {
    const written = () => Reflect.apply(Reflect.get(presets, name), undefined, [null]);
    expect(written).toThrow(ConfigurationError);
    expect(written).toThrow(new RegExp(`^${name}.*${name}\\(\\{ ?\\w.*\\}\\)`));
  });

  it.each(BY_ISSUER)('%s is named in the error for an issuer with a query', (name, options) => {
    const written = () =>
      Reflect.apply(Reflect.get(presets, name), undefined, [
        { issuer: 'https://as.acme.com?tenant=1', ...options },
      ]);
    expect(written).toThrow(ConfigurationError);
    expect(written).toThrow(new RegExp(`^${name}: `));
  });
});

function aServer(issuer: AudienceProvider): unknown {
  return createResourceServer({ issuer, audience: 'https://api.acme.com' });
}

// Mistakes of JavaScript, and of values that no type can check. Each message has the line to write.
const MISTAKES: readonly (readonly [string, () => unknown, string])[] = [
  ['no options', () => Reflect.apply(keycloak, undefined, []), 'Write: keycloak({'],
  ['no issuer', () => Reflect.apply(keycloak, undefined, [{}]), "write issuer: 'https://…'"],
  ['no URL', () => rfc9068('as.acme.com'), "write issuer: 'https://as.acme.com'"],
  ['http', () => aServer(rfc9068('http://as.acme.com')), "Write: issuer: 'https://as.acme.com…'"],
  [
    'http on a host that only looks local',
    () => aServer(rfc9068('http://127.0.0.1.acme.com')),
    "allowHttp: ['127.0.0.1.acme.com']",
  ],
  ['another scheme', () => rfc9068('ftp://as.acme.com'), 'must be an https URL'],
  ['a query', () => rfc9068('https://as.acme.com/?a=1'), 'must not have a query'],
  ['an empty query', () => rfc9068('https://as.acme.com?'), 'must not have a query'],
  ['a fragment', () => rfc9068('https://as.acme.com#'), 'must not have a fragment'],
  ['credentials', () => rfc9068('https://me:secret@as.acme.com'), 'must not hold credentials'],
  ['white space', () => rfc9068(' https://as.acme.com'), 'white space'],
  [
    'two sources of keys',
    () =>
      Reflect.apply(rfc9068, undefined, [
        { issuer: 'https://as.acme.com', jwks: NO_KEYS, jwksUri: 'https://as.acme.com/k' },
      ]),
    'not both',
  ],
  [
    'keys that are no set',
    () => Reflect.apply(rfc9068, undefined, [{ issuer: 'https://as.acme.com', jwks: [] }]),
    'write jwks: { keys: [...] }',
  ],
  [
    'keys over http',
    () => aServer(rfc9068({ issuer: 'https://as.acme.com', jwksUri: 'http://as.acme.com/k' })),
    "allowHttp: ['as.acme.com']",
  ],
  ['an empty name', () => rfc9068({ issuer: 'https://as.acme.com', name: '' }), 'name must be'],

  // Slashes.
  [
    'auth0 without its slash',
    () => auth0('https://acme.eu.auth0.com'),
    "write auth0({ issuer: 'https://acme.eu.auth0.com/' })",
  ],
  [
    'auth0 with a path and a slash',
    () => auth0('https://acme.eu.auth0.com/x/'),
    "write auth0({ issuer: 'https://acme.eu.auth0.com/' })",
  ],
  [
    'auth0 with a malformed domain',
    () => auth0('acme auth0'),
    "auth0: 'acme auth0' is not a domain; write auth0('acme.eu.auth0.com')",
  ],
  ['auth0 with a path', () => auth0('acme.eu.auth0.com/x'), "write auth0('acme.eu.auth0.com')"],
  [
    'keycloak with a slash',
    () => keycloak('https://sso.acme.com/realms/x/'),
    "write keycloak({ issuer: 'https://sso.acme.com/realms/x' })",
  ],
  [
    'authentik without its slash',
    () =>
      authentik({ issuer: 'https://ak.acme.com/application/o/x', subjectNamespaces: 'unknown' }),
    "o/x/' })",
  ],
  [
    'clerk with a slash',
    () => clerk({ issuer: 'https://clerk.acme.com/', machines: ['mch_1'] }),
    "write clerk({ issuer: 'https://clerk.acme.com' })",
  ],
  [
    'githubActions with a slash',
    () =>
      githubActions({
        issuer: 'https://ghes.acme.com/_services/token/',
        repositoryIds: ['90210'],
      }),
    "write githubActions({ issuer: 'https://ghes.acme.com/_services/token' })",
  ],
  [
    'pingam with a slash',
    () => pingam('https://am.acme.com/am/oauth2/realms/root/'),
    "write pingam({ issuer: 'https://am.acme.com/am/oauth2/realms/root' })",
  ],
  [
    'pingone with a slash',
    () => pingone('https://auth.pingone.eu/6b1e/as/'),
    "write pingone({ issuer: 'https://auth.pingone.eu/6b1e/as' })",
  ],
  [
    'workos with a slash',
    () => workos('https://acme.authkit.app/'),
    "write workos({ issuer: 'https://acme.authkit.app' })",
  ],
  [
    'curity with a slash',
    () => curity({ issuer: 'https://id.acme.com/oauth/', subjectNamespaces: 'disjoint' }),
    "write curity({ issuer: 'https://id.acme.com/oauth' })",
  ],
  [
    'logto with a slash',
    () => logto('https://auth.acme.com/oidc/'),
    "write logto({ issuer: 'https://auth.acme.com/oidc' })",
  ],
  [
    'logto without its path',
    () => logto('https://auth.acme.com/oidc/x'),
    "write logto({ issuer: 'https://acme.logto.app/oidc' })",
  ],
  [
    'cognito with a slash',
    () =>
      cognito({
        issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a/',
        clientIds: ['6k2v9h'],
      }),
    "write cognito({ issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a' })",
  ],
  ...['/a/eu-west-1_a', '/eu-west-1_a/.well-known', '/eu-west-1_a%20'].map(
    (path): (typeof MISTAKES)[number] => [
      `cognito with the path ${path}`,
      () =>
        cognito({
          issuer: `https://cognito-idp.eu-west-1.amazonaws.com${path}`,
          clientIds: ['6k2v9h'],
        }),
      "write cognito({ issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zk3Pq9' })",
    ],
  ),
  [
    'entra v2 with a slash',
    () => entra({ issuer: `https://login.microsoftonline.com/${TENANT}/v2.0/` }),
    '/v2.0',
  ],
  [
    'kinde with a slash',
    () => kinde('https://acme.kinde.com/'),
    "write kinde({ issuer: 'https://acme.kinde.com' })",
  ],

  // One provider's issuer under another's preset.
  [
    'auth0 as rfc9068',
    () => rfc9068('https://acme.eu.auth0.com/'),
    "write auth0({ issuer: 'https://acme.eu.auth0.com/' })",
  ],
  ['keycloak as rfc9068', () => rfc9068('https://sso.acme.com/realms/x'), 'write keycloak('],
  [
    'pingam as keycloak',
    () => keycloak('https://am.acme.com/am/oauth2/realms/root/realms/x'),
    'write pingam(',
  ],
  ['okta as rfc9068', () => rfc9068('https://id.acme.com/oauth2/default'), 'write okta('],
  ['entra as rfc9068', () => rfc9068(`https://sts.windows.net/${TENANT}/`), 'write entra('],
  [
    'B2C as entra',
    () => entra({ issuer: `https://acme.b2clogin.com/${TENANT}/v2.0` }),
    `write custom({ issuer: 'https://acme.b2clogin.com/${TENANT}/v2.0', jwksUri: 'https://acme.b2clogin.com/<tenant>.onmicrosoft.com/<policy>/discovery/v2.0/keys', classify })`,
  ],
  [
    'cognito as rfc9068',
    () => rfc9068('https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a'),
    'write cognito(',
  ],
  [
    'kubernetes as hydra',
    () =>
      hydra({
        issuer: 'https://kubernetes.default.svc.cluster.local',
        subjectNamespaces: 'disjoint',
      }),
    'write kubernetes(',
  ],
  ['pingone as duende', () => duende('https://auth.pingone.eu/x/as'), 'write pingone('],
  ['IAP as google', () => rfc9068('https://cloud.google.com/iap'), 'write custom('],
  ['auth0 as fusionauth', () => fusionauth('https://acme.eu.auth0.com/'), 'write auth0('],

  // What a preset needs beside the issuer.
  [
    'keycloak with a path behind the realm',
    () => keycloak('https://sso.acme.com/realms/x/account'),
    "write keycloak({ issuer: 'https://sso.acme.com/realms/acme' })",
  ],
  [
    'keycloak without a realm',
    () => keycloak('https://sso.acme.com'),
    "write keycloak({ issuer: 'https://sso.acme.com/realms/acme' })",
  ],
  [
    'okta without a server',
    () => Reflect.apply(okta, undefined, ['acme.okta.com']),
    "write okta('acme.okta.com', { authorizationServer: 'default' })",
  ],
  [
    'okta without a server, in an object',
    () => Reflect.apply(okta, undefined, [{ domain: 'acme.okta.com' }]),
    'authorizationServer',
  ],
  [
    'okta with an empty server',
    () => okta('acme.okta.com', { authorizationServer: '' }),
    "write okta('acme.okta.com', { authorizationServer: 'default' })",
  ],
  [
    'okta with a slash',
    () => okta('https://acme.okta.com/oauth2/default/'),
    "write okta({ issuer: 'https://acme.okta.com/oauth2/default' })",
  ],
  [
    'okta with a path behind the server',
    () => okta('https://acme.okta.com/oauth2/default/v1/token'),
    "write okta({ issuer: 'https://acme.okta.com/oauth2/default' })",
  ],
  [
    'okta with a path before the server',
    () => okta('https://acme.okta.com/tenant/oauth2/default'),
    "write okta({ issuer: 'https://acme.okta.com/oauth2/default' })",
  ],
  [
    'okta with a malformed domain',
    () => okta('acme okta', { authorizationServer: 'default' }),
    "okta: 'acme okta' is not a domain; write okta('acme.okta.com', { authorizationServer: 'default' })",
  ],
  [
    'zitadel with a project that is no id',
    () =>
      Reflect.apply(zitadel, undefined, [
        { issuer: 'https://acme.zitadel.cloud', projectId: 301877700001, classify: () => 'user' },
      ]),
    "write projectId: '301877700001'",
  ],
  [
    'zitadel without a rule, which every organization of the instance could answer',
    () => Reflect.apply(zitadel, undefined, [{ issuer: 'https://acme.zitadel.cloud' }]),
    "claims['urn:zitadel:iam:user:resourceowner:id'] !== '<your organization>' ? 'refuse' : ",
  ],
  [
    'spring with a claim of roles that is no name',
    () =>
      Reflect.apply(spring, undefined, [
        { issuer: 'https://auth.acme.com', subjectNamespaces: 'disjoint', rolesClaim: 7 },
      ]),
    "write rolesClaim: 'roles'",
  ],
  ['okta of the org server', () => okta({ issuer: 'https://acme.okta.com' }), 'oauth2/default'],
  [
    'okta with a URL for a domain',
    () => okta('https://acme.okta.com/oauth2/default', { authorizationServer: 'default' }),
    "write okta({ issuer: 'https://acme.okta.com/oauth2/default' })",
  ],
  ['okta by the URL of the org server', () => okta('https://acme.okta.com'), 'oauth2/default'],
  [
    'a domain for an issuer',
    () => kinde('acme.kinde.com'),
    "write issuer: 'https://acme.kinde.com'",
  ],
  ['words for an issuer', () => kinde('my kinde'), "write issuer: 'https://…'"],
  [
    'githubActions with a misspelled list, which would let everybody in',
    () => Reflect.apply(githubActions, undefined, [{ repositoryOwnerId: ['4411'] }]),
    "Write: githubActions({ repositoryOwnerIds: ['4411'] })",
  ],
  [
    'githubActions with owners that were not found',
    () => Reflect.apply(githubActions, undefined, [{ repositoryOwnerIds: undefined }]),
    "write repositoryOwnerIds: ['4411']",
  ],
  [
    'githubActions with repositories that were not found',
    () =>
      Reflect.apply(githubActions, undefined, [
        { repositoryOwnerIds: ['4411'], repositoryIds: undefined },
      ]),
    "write repositoryIds: ['90210']",
  ],
  [
    'kubernetes with a life that was not found',
    () =>
      Reflect.apply(kubernetes, undefined, [
        { issuer: 'https://k8s.acme.com', maxLifetimeSec: undefined },
      ]),
    'write maxLifetimeSec: 3600',
  ],
  [
    'kubernetes with a life of no time',
    () => kubernetes({ issuer: 'https://k8s.acme.com', maxLifetimeSec: 0 }),
    'write maxLifetimeSec: 3600',
  ],
  [
    'kubernetes with a life that is no number',
    () =>
      Reflect.apply(kubernetes, undefined, [
        { issuer: 'https://k8s.acme.com', maxLifetimeSec: '3600' },
      ]),
    'write maxLifetimeSec: 3600',
  ],
  [
    'kubernetes with another key',
    () => Reflect.apply(kubernetes, undefined, [{ issuer: 'https://k8s.acme.com', keyBy: 'pod' }]),
    "write keyBy: 'uid'",
  ],
  // What presets of callers of all the world need to know: whose may call.
  [
    'gitlab.com for everybody',
    () => gitlab({ issuer: 'https://gitlab.com' }),
    "write gitlab({ projectIds: ['20'] })",
  ],
  [
    'gitlab.com for everybody, by nothing',
    () => Reflect.apply(gitlab, undefined, [{}]),
    "write gitlab({ projectIds: ['20'] })",
  ],
  [
    'gitlab with projects that were not found',
    () => Reflect.apply(gitlab, undefined, [{ namespaceIds: ['72'], projectIds: undefined }]),
    "write projectIds: ['20']",
  ],
  [
    'gitlab with namespaces that were not found',
    () => Reflect.apply(gitlab, undefined, [{ projectIds: ['20'], namespaceIds: undefined }]),
    "write namespaceIds: ['72']",
  ],
  [
    'gitlab with projects by number',
    () => Reflect.apply(gitlab, undefined, [{ projectIds: [20] }]),
    "write projectIds: ['20']",
  ],
  [
    'gitlab with one namespace, not in a list',
    () => Reflect.apply(gitlab, undefined, [{ namespaceIds: '72' }]),
    "write namespaceIds: ['72']",
  ],
  [
    'gitlab with a slash',
    () => gitlab({ issuer: 'https://git.acme.com/' }),
    "write gitlab({ issuer: 'https://git.acme.com' })",
  ],
  [
    'gitlab with the audience that each of its tokens may have',
    () =>
      createResourceServer({
        issuer: gitlab({ projectIds: ['20'] }),
        audience: 'https://gitlab.com',
      }),
    'Let the job name your API in id_tokens',
  ],
  [
    'buildkite without organizations',
    () => Reflect.apply(buildkite, undefined, [{}]),
    "write organizationIds: ['0184990a-477b-4fa8-9968-496074483077']",
  ],
  [
    'buildkite with pipelines that were not found',
    () =>
      Reflect.apply(buildkite, undefined, [{ organizationIds: ['0184'], pipelineIds: undefined }]),
    'write pipelineIds: [',
  ],
  [
    'buildkite with one pipeline, not in a list',
    () => Reflect.apply(buildkite, undefined, [{ organizationIds: ['0184'], pipelineIds: 'p' }]),
    'write pipelineIds: [',
  ],
  [
    'circleci without an organization',
    () => Reflect.apply(circleci, undefined, [{}]),
    `write circleci({ organizationId: '${ORGANIZATION}' })`,
  ],
  ...['acme', `${ORGANIZATION}/x`, `x${ORGANIZATION}`, ORGANIZATION.toUpperCase()].map(
    (organizationId): (typeof MISTAKES)[number] => [
      `circleci with the organization ${organizationId}`,
      () => circleci({ organizationId }),
      `write circleci({ organizationId: '${ORGANIZATION}' })`,
    ],
  ),
  [
    'circleci with a list of organizations',
    () => Reflect.apply(circleci, undefined, [{ organizationId: [ORGANIZATION] }]),
    `write circleci({ organizationId: '${ORGANIZATION}' })`,
  ],
  [
    'circleci with projects that were not found',
    () =>
      Reflect.apply(circleci, undefined, [{ organizationId: ORGANIZATION, projectIds: undefined }]),
    'write projectIds: [',
  ],
  [
    'circleci with repositories that were not found',
    () =>
      Reflect.apply(circleci, undefined, [{ organizationId: ORGANIZATION, vcsOrigins: undefined }]),
    "write vcsOrigins: ['github.com/acme/router']",
  ],
  [
    'circleci with projects that are no ids',
    () => circleci({ organizationId: ORGANIZATION, projectIds: [''] }),
    'write projectIds: [',
  ],
  [
    'circleci with malformed repositories',
    () => circleci({ organizationId: ORGANIZATION, vcsOrigins: [''] }),
    "write vcsOrigins: ['github.com/acme/router']",
  ],
  [
    'circleci with the audience of each of its tokens',
    () =>
      createResourceServer({
        issuer: circleci({ organizationId: ORGANIZATION }),
        audience: ORGANIZATION,
      }),
    'Let the job ask by circleci run oidc get',
  ],
  [
    'vercel without owners',
    () => Reflect.apply(vercel, undefined, [{ issuer: 'https://oidc.vercel.com/acme' }]),
    "write ownerIds: ['team_…']",
  ],
  [
    'vercel with projects that were not found',
    () =>
      Reflect.apply(vercel, undefined, [
        { issuer: 'https://oidc.vercel.com/acme', ownerIds: ['team_1'], projectIds: undefined },
      ]),
    "write projectIds: ['prj_…']",
  ],
  [
    'vercel with projects that are no ids',
    () =>
      vercel({
        issuer: 'https://oidc.vercel.com/acme',
        ownerIds: ['team_1'],
        projectIds: [''],
      }),
    "write projectIds: ['prj_…']",
  ],
  ...[[], ['production', 'development'], 'production', [1]].map(
    (environments): (typeof MISTAKES)[number] => [
      `vercel with the environments ${JSON.stringify(environments)}`,
      () =>
        Reflect.apply(vercel, undefined, [
          { issuer: 'https://oidc.vercel.com/acme', ownerIds: ['team_1'], environments },
        ]),
      "write environments: ['production', 'preview']",
    ],
  ),
  ...['/acme/prod', '/acme.x', '/a/.well-known'].map((path): (typeof MISTAKES)[number] => [
    `vercel with the path ${path}`,
    () => vercel({ issuer: `https://oidc.vercel.com${path}`, ownerIds: ['team_1'] }),
    "write vercel({ issuer: 'https://oidc.vercel.com/acme' })",
  ]),
  [
    'vercel in the global mode, with a slash',
    () => vercel({ issuer: 'https://oidc.vercel.com/', ownerIds: ['team_1'] }),
    "write vercel({ issuer: 'https://oidc.vercel.com' })",
  ],
  [
    'vercel with a slash',
    () => vercel({ issuer: 'https://oidc.vercel.com/acme/', ownerIds: ['team_1'] }),
    "write vercel({ issuer: 'https://oidc.vercel.com/acme' })",
  ],
  [
    'vercel with the audience that each of its tokens has',
    () =>
      createResourceServer({
        issuer: vercel({ issuer: 'https://oidc.vercel.com/acme', ownerIds: ['team_1'] }),
        audience: 'https://vercel.com/acme',
      }),
    'Let the deployment ask by exchangeVercelOidcToken',
  ],
  [
    'cloudflareAccess with a slash',
    () => cloudflareAccess('https://acme.cloudflareaccess.com/'),
    "write cloudflareAccess({ issuer: 'https://acme.cloudflareaccess.com' })",
  ],
  [
    'cloudflareAccess with a path',
    () => cloudflareAccess('https://acme.cloudflareaccess.com/cdn-cgi'),
    "write cloudflareAccess({ issuer: 'https://acme.cloudflareaccess.com' })",
  ],
  [
    'supabase with a slash',
    () => supabase('https://abc.supabase.co/auth/v1/'),
    "write supabase({ issuer: 'https://abc.supabase.co/auth/v1' })",
  ],
  ...['', '/auth/v1/x'].map((path): (typeof MISTAKES)[number] => [
    `supabase with the path "${path}"`,
    () => supabase(`https://abc.supabase.co${path}`),
    "write supabase({ issuer: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1' })",
  ]),
  [
    'supabase with another word on anonymous people',
    () =>
      Reflect.apply(supabase, undefined, [
        { issuer: 'https://abc.supabase.co/auth/v1', anonymous: true },
      ]),
    "write anonymous: 'accept'",
  ],
  ...[[], 'authenticated', ['authenticated', 'service_role'], ['anon'], [7]].map(
    (databaseRoles): (typeof MISTAKES)[number] => [
      `supabase with the roles ${JSON.stringify(databaseRoles)}`,
      () =>
        Reflect.apply(supabase, undefined, [
          { issuer: 'https://abc.supabase.co/auth/v1', databaseRoles },
        ]),
      "write databaseRoles: ['authenticated']",
    ],
  ),
  [
    'supabase with apps that were not found',
    () =>
      Reflect.apply(supabase, undefined, [
        { issuer: 'https://abc.supabase.co/auth/v1', clientIds: undefined },
      ]),
    'write clientIds: [',
  ],
  [
    'supabase with one app, not in a list',
    () =>
      Reflect.apply(supabase, undefined, [
        { issuer: 'https://abc.supabase.co/auth/v1', clientIds: '9b8a' },
      ]),
    'write clientIds: [',
  ],
  [
    'betterAuth with a slash',
    () => betterAuth('https://acme.com/api/auth/'),
    "write betterAuth({ issuer: 'https://acme.com/api/auth' })",
  ],
  [
    'betterAuth with another word on deleted users',
    () =>
      Reflect.apply(betterAuth, undefined, [
        { issuer: 'https://acme.com/api/auth', deletedUsers: true },
      ]),
    "write deletedUsers: 'cascade'",
  ],
  [
    'lemonldap by its issuer alone',
    () => Reflect.apply(lemonldap, undefined, ['https://auth.acme.com/']),
    "Write: lemonldap({ issuer: 'https://…/', subjectNamespaces: 'disjoint' })",
  ],
  [
    'lemonldap without a word on kinds',
    () => Reflect.apply(lemonldap, undefined, [{ issuer: 'https://auth.acme.com/' }]),
    "claims.caller_type === 'machine' ? 'client'",
  ],
  [
    'authlib by its issuer alone',
    () => Reflect.apply(authlib, undefined, ['https://auth.acme.com']),
    "Write: authlib({ issuer: 'https://…', kindClaim: 'sub_type' })",
  ],
  [
    'authlib without a word on kinds',
    () => Reflect.apply(authlib, undefined, [{ issuer: 'https://auth.acme.com' }]),
    "write kindClaim: 'sub_type' with the server's get_extra_claims, or ",
  ],
  [
    'authlib without a word on kinds, but for an example',
    () => Reflect.apply(authlib, undefined, [{ issuer: 'https://auth.acme.com' }]),
    "claims.caller_type === 'machine' ? 'client'",
  ],
  [
    'authlib with a claim that is no text',
    () => authlib({ issuer: 'https://auth.acme.com', kindClaim: '' }),
    "authlib: kindClaim must be the name of a claim; write kindClaim: 'sub_type'",
  ],
  [
    'authlib with two rules',
    () =>
      Reflect.apply(authlib, undefined, [
        { issuer: 'https://auth.acme.com', kindClaim: 'sub_type', classify: () => 'user' },
      ]),
    'exclude each other',
  ],
  ['gitlab as rfc9068', () => rfc9068('https://gitlab.com'), 'write gitlab('],
  ['AD FS as rfc9068', () => rfc9068('https://sts.acme.com/adfs'), 'write custom('],
  ['Salesforce as rfc9068', () => rfc9068('https://acme.my.salesforce.com'), 'write custom('],

  [
    'oidcProvider by its issuer alone',
    () => Reflect.apply(oidcProvider, undefined, ['https://op.acme.com']),
    "Write: oidcProvider({ issuer: 'https://…', kindClaim: 'sub_type' })",
  ],
  [
    'oidcProvider without a word on kinds',
    () => Reflect.apply(oidcProvider, undefined, [{ issuer: 'https://op.acme.com' }]),
    "write kindClaim: 'sub_type'",
  ],
  [
    'oidcProvider with a claim that is no text',
    () =>
      Reflect.apply(oidcProvider, undefined, [{ issuer: 'https://op.acme.com', kindClaim: '' }]),
    "write kindClaim: 'sub_type'",
  ],
  [
    'oidcProvider with two rules',
    () =>
      Reflect.apply(oidcProvider, undefined, [
        { issuer: 'https://op.acme.com', kindClaim: 'sub_type', subjectNamespaces: 'disjoint' },
      ]),
    'exclude each other',
  ],
  [
    'oidcProvider with a claim and a rule',
    () =>
      Reflect.apply(oidcProvider, undefined, [
        { issuer: 'https://op.acme.com', kindClaim: 'sub_type', classify: () => 'user' },
      ]),
    'exclude each other',
  ],
  [
    'hydra by its issuer alone',
    () => Reflect.apply(hydra, undefined, ['https://hydra.acme.com']),
    "Write: hydra({ issuer: 'https://…', subjectNamespaces: 'disjoint' })",
  ],
  [
    'spring with a client id from elsewhere',
    () =>
      Reflect.apply(spring, undefined, [
        { issuer: 'https://as.acme.com', subjectNamespaces: 'disjoint', clientIdFrom: 'azp' },
      ]),
    "write clientIdFrom: 'aud'",
  ],
  [
    'spring with roles in no claim',
    () => spring({ issuer: 'https://as.acme.com', subjectNamespaces: 'disjoint', rolesClaim: '' }),
    "write rolesClaim: 'roles'",
  ],
  [
    'spiffe with an issuer that is a workload',
    () => spiffe({ issuer: 'spiffe://acme.com/ns/x', jwks: NO_KEYS }),
    "trustDomain: 'acme.com'",
  ],
  [
    'descope with a slash at the end of its issuer',
    () => descope({ issuer: 'https://api.descope.com/P2/', subjectNamespaces: 'unknown' }),
    'projectId is missing',
  ],
  ['auth0 by what is no domain', () => auth0({ domain: 'https://acme.auth0.com' }), 'write auth0('],
  [
    'okta by what is no domain',
    () => okta('acme.okta.com/x', { authorizationServer: 'default' }),
    "write okta('acme.okta.com', { authorizationServer: 'default' })",
  ],
  [
    'entra of version 2 with a slash at its end',
    () => entra(`https://login.microsoftonline.com/${TENANT}/v2.0/`),
    `write entra({ issuer: 'https://login.microsoftonline.com/${TENANT}/v2.0' })`,
  ],
  [
    'entra of version 1 without one',
    () => entra(`https://sts.windows.net/${TENANT}`),
    `write entra({ issuer: 'https://sts.windows.net/${TENANT}/' })`,
  ],
  [
    'entra with the host of version 1 and the path of version 2',
    () => entra(`https://sts.windows.net/${TENANT}/v2.0`),
    `write entra('${TENANT}')`,
  ],
  [
    'entra with the host of version 2 and the path of version 1',
    () => entra(`https://login.microsoftonline.com/${TENANT}/`),
    `write entra('${TENANT}')`,
  ],
  [
    'a text where more is needed',
    () => Reflect.apply(cognito, undefined, ['eu-west-1_Zk3Pq9']),
    "Write: cognito({ userPoolId: 'eu-west-1_Zk3Pq9', clientIds: ['<app client id>'] })",
  ],
  ['entra by a domain', () => entra('acme.onmicrosoft.com'), 'GUID'],
  ['entra of all tenants', () => entra('common'), 'GUID'],
  ['entra of no tenant', () => Reflect.apply(entra, undefined, [{ tenants: [] }]), "'any'"],
  [
    'entra of version 3',
    () => Reflect.apply(entra, undefined, [{ tenant: TENANT, version: 'v3' }]),
    "write version: 'v2'",
  ],
  [
    'cognito without clients',
    () => Reflect.apply(cognito, undefined, [{ userPoolId: 'eu-west-1_a' }]),
    'write clientIds',
  ],
  [
    'cognito with an empty list',
    () => Reflect.apply(cognito, undefined, [{ userPoolId: 'eu-west-1_a', clientIds: [] }]),
    'write clientIds',
  ],
  [
    'cognito with a client as text',
    () =>
      Reflect.apply(cognito, undefined, [{ userPoolId: 'eu-west-1_Zk3Pq9', clientIds: '6k2v9h' }]),
    "cognito: clientIds must be a list of non-empty strings; write clientIds: ['<app client id>']",
  ],
  [
    'cognito with a resource as text',
    () =>
      Reflect.apply(cognito, undefined, [
        { userPoolId: 'eu-west-1_Zk3Pq9', clientIds: ['6k2v9h'], resources: 'api' },
      ]),
    "cognito: resources must be a list of non-empty strings; write resources: ['https://api.acme.com']",
  ],
  [
    'cognito by something else',
    () => cognito({ userPoolId: 'Zk3Pq9', clientIds: ['a'] }),
    "write userPoolId: 'eu-west-1_Zk3Pq9'",
  ],
  [
    'clerk without callers',
    () => Reflect.apply(clerk, undefined, [{ issuer: 'https://clerk.acme.com' }]),
    'write authorizedParties',
  ],
  [
    'clerk with a party that is no list',
    () =>
      Reflect.apply(clerk, undefined, [{ issuer: 'https://clerk.acme.com', machines: 'mch_1' }]),
    'write machines',
  ],
  ['google without a list', () => Reflect.apply(google, undefined, [{}]), 'write serviceAccounts'],
  [
    'google with another issuer',
    () =>
      Reflect.apply(google, undefined, [{ serviceAccounts: [], issuer: 'accounts.google.com' }]),
    'write google(',
  ],
  [
    'githubActions with ids that are no list',
    () => Reflect.apply(githubActions, undefined, [{ repositoryOwnerIds: '4411' }]),
    "write repositoryOwnerIds: ['4411']",
  ],
  [
    'firebase without a project',
    () => Reflect.apply(firebase, undefined, [{}]),
    "write firebase('acme-prod')",
  ],
  ['stytch without a project', () => stytch('acme'), "write stytch('project-live-…')"],
  [
    'stytch with the issuer of another project',
    () => stytch({ projectId: 'project-live-1', issuer: 'stytch.com/project-live-2' }),
    'stytch: issuer',
  ],
  [
    'stytch at what is no address',
    () => stytch({ projectId: 'project-live-1', baseUrl: 'login' }),
    "stytch: baseUrl 'login' is not an absolute URL",
  ],
  [
    'descope without a project',
    () => Reflect.apply(descope, undefined, [{ classify: () => 'user' }]),
    'write descope(',
  ],
  [
    'descope with an issuer of another project',
    () =>
      descope({
        projectId: 'P2',
        issuer: 'https://api.descope.com/P3',
        subjectNamespaces: 'unknown',
      }),
    'https://api.descope.com/P2',
  ],
  [
    'fusionauth without its place',
    () => fusionauth({ issuer: 'acme.com' }),
    "write jwksUri: 'https://…'",
  ],
  ['fusionauth without an issuer', () => fusionauth(''), 'write fusionauth('],
  ['workos of no client', () => workos({ sessionsOf: 'acme' }), "sessionsOf: 'client_…'"],
  // It becomes a part of the address of the keys.
  ...['client_01/../client_02', 'client_01?x', 'x/client_01'].map(
    (sessionsOf) =>
      [
        `workos of a client with more in it: ${sessionsOf}`,
        () => workos({ sessionsOf }),
        "sessionsOf: 'client_…'",
      ] as const,
  ),
  [
    'workos with a path',
    () => workos('https://acme.authkit.app/oauth2'),
    "write workos({ issuer: 'https://acme.authkit.app' })",
  ],
  ['logto without /oidc', () => logto('https://auth.acme.com'), '/oidc'],
  ['pingone without /as', () => pingone('https://auth.acme.com'), '/as'],
  ['pingam without /oauth2', () => pingam('https://am.acme.com/am'), '/am/oauth2'],
  ['spiffe without keys', () => spiffe({ trustDomain: 'acme.com' }), "write jwksUri: 'https://…'"],
  [
    'spiffe with a workload for a domain',
    () => spiffe({ trustDomain: 'acme.com/x', jwks: NO_KEYS }),
    "trustDomain: 'acme.com'",
  ],
  [
    'zitadel with a bad project',
    () => zitadel({ issuer: 'https://z.acme.com', projectId: '', subjectNamespaces: 'unknown' }),
    'write projectId',
  ],
  [
    'entra of many tenants, version 3',
    () => Reflect.apply(entra, undefined, [{ tenants: [TENANT], version: 'v3' }]),
    "write version: 'v2'",
  ],
  [
    'custom with a nonce that is neither',
    () =>
      Reflect.apply(custom, undefined, [
        { issuer: 'https://as.acme.com', classify: () => 'user', nonce: true },
      ]),
    "write nonce: 'accept'",
  ],
  [
    'custom with scopes of a claim that it does not know',
    () =>
      Reflect.apply(custom, undefined, [
        { issuer: 'https://as.acme.com', classify: () => 'user', scopes: 'permissions' },
      ]),
    "write scopes: 'scp'",
  ],
  [
    'auth0 with a misspelled domain',
    () => Reflect.apply(auth0, undefined, [{ domian: 'acme.eu.auth0.com' }]),
    'Did you mean "domain"? Its options are: domain, issuer, rolesClaim, name, jwks, jwksUri, fetch. Write: auth0({ domain: ',
  ],
  [
    'entra without a tenant',
    () => Reflect.apply(entra, undefined, [{}]),
    "tenant is missing; write entra('<directory (tenant) id>')",
  ],
  [
    'entra without anything',
    () => Reflect.apply(entra, undefined, []),
    "Write: entra({ tenant: '<directory (tenant) id>' })",
  ],
  [
    'custom without a rule',
    () => Reflect.apply(custom, undefined, [{ issuer: 'https://as.acme.com' }]),
    'write classify',
  ],
  ...(
    [
      [
        'types by a word',
        { types: 'any' },
        "Write: types: { accepted: ['at+jwt', 'jwt'], optional",
      ],
      [
        'types as a list',
        { types: ['JWT'] },
        "Write: types: { accepted: ['at+jwt', 'jwt'], optional",
      ],
      ['types without a list', { types: { accepted: 'jwt', optional: true } }, 'write types: {'],
      ['types that leave open', { types: { accepted: ['jwt'] } }, 'write types: {'],
      ['a misspelled part of types', { types: { accept: ['jwt'] } }, 'has no option "accept"'],
      [
        'an algorithm that nobody knows beside one that is known',
        { algorithms: ['ES256', 'HS256'] },
        'RS512, PS256',
      ],
      [
        'a misspelled part of types, with its place',
        { types: { accept: ['jwt'] } },
        'types of custom()',
      ],
      ['one algorithm as text', { algorithms: 'ES256' }, "write algorithms: ['ES256']"],
      [
        'a required claim as text',
        { requiredClaims: 'jti' },
        "write requiredClaims: ['client_id']",
      ],
      ['a claim for a reader', { roles: 'roles' }, 'write roles: (claims) =>'],
      ['a list for a check', { accepts: ['web'] }, 'write accepts: (claims) =>'],
      ['another word for aud', { audienceClaim: 'none' }, "write audienceClaim: 'required'"],
    ] as const
  ).map(
    ([what, more, message]) =>
      [
        `custom with ${what}`,
        () =>
          Reflect.apply(custom, undefined, [
            { issuer: 'https://as.acme.com', classify: () => 'user', ...more },
          ]),
        message,
      ] as const,
  ),
  [
    'okta with text for its options',
    () => Reflect.apply(okta, undefined, ['acme.okta.com', 'default']),
    'okta() takes an object of options',
  ],
  [
    'custom with HMAC',
    () =>
      Reflect.apply(custom, undefined, [
        { issuer: 'https://as.acme.com', classify: () => 'user', algorithms: ['HS256'] },
      ]),
    "write algorithms: ['ES256']",
  ],
  [
    'custom without aud and without a check',
    () =>
      Reflect.apply(custom, undefined, [
        { issuer: 'https://as.acme.com', classify: () => 'user', audienceClaim: 'absent' },
      ]),
    'write accepts',
  ],
  [
    'spring without a word on names',
    () => Reflect.apply(spring, undefined, [{ issuer: 'https://as.acme.com' }]),
    "write subjectNamespaces: 'disjoint'",
  ],
];

describe('a mistake in the configuration is found at start-up, with the line to write instead', () => {
  it.each(MISTAKES)('%s', (_mistake, configure, line) => {
    expect(configure).toThrow(ConfigurationError);
    expect(configure).toThrow(line);
  });

  const named = MISTAKES.filter(([mistake]) => {
    const [preset = ''] = mistake.split(' ');
    return Object.hasOwn(presets, preset) && !/ as | with the audience /.test(mistake);
  });

  it.each(named)('and %s, with the name of the preset', (mistake, configure) => {
    expect(configure).toThrow(new RegExp(`^(?:\\w+ of )?${mistake.split(' ', 1)}\\b`));
  });
});

describe('a variable that is not set', () => {
  const unset = String(undefined);
  const classify = () => 'refuse' as const;

  /** Each preset with the word in each option that texts are made for, in the ways they are written. */
  const MADE: Readonly<Record<string, () => Provider>> = {
    'auth0: domain': () => auth0(unset),
    'auth0: domain of an object': () => auth0({ domain: `${unset}.auth0.com` }),
    'auth0: issuer': () => auth0({ issuer: `https://${unset}/` }),
    authentik: () => authentik({ issuer: `https://ak/application/o/${unset}/`, classify }),
    authlib: () => authlib({ issuer: `https://${unset}`, kindClaim: 'sub_type' }),
    authly: () => authly(`https://${unset}`),
    betterAuth: () => betterAuth(`https://${unset}/api/auth`),
    'buildkite: organization': () => buildkite({ organizationIds: [unset] }),
    canaille: () => canaille(`https://${unset}`),
    'circleci: organization': () => circleci({ organizationId: unset }),
    cloudflareAccess: () => cloudflareAccess(`https://${unset}.cloudflareaccess.com`),
    django: () => django(`https://${unset}/o`),
    'gitlab: project': () => gitlab({ projectIds: [unset] }),
    glewlwyd: () => glewlwyd(`https://${unset}/api/oidc`),
    lemonldap: () => lemonldap({ issuer: `https://${unset}/`, subjectNamespaces: 'disjoint' }),
    supabase: () => supabase(unset),
    'vercel: owner': () => vercel({ issuer: 'https://oidc.vercel.com/x', ownerIds: [unset] }),
    'clerk: issuer': () => clerk({ issuer: `https://${unset}`, clientIds: ['c'] }),
    'clerk: a caller': () => clerk({ issuer: 'https://clerk.acme.com', clientIds: ['c', unset] }),
    'cognito: pool': () => cognito({ userPoolId: unset, clientIds: ['c'] }),
    'cognito: client': () => cognito({ userPoolId: 'eu-west-1_Zk3Pq9', clientIds: [unset] }),
    curity: () => curity({ issuer: `https://${unset}`, subjectNamespaces: 'disjoint' }),
    custom: () => custom({ issuer: `https://${unset}`, classify }),
    descope: () => descope({ projectId: unset, classify }),
    duende: () => duende(`https://${unset}`),
    'entra: tenant': () => entra(unset),
    'entra: tenant of an object': () => entra({ tenant: unset }),
    'firebase: project': () => firebase(unset),
    'firebase: project of an object': () => firebase({ projectId: String(null) }),
    fusionauth: () => fusionauth(`https://${unset}`),
    'githubActions: owner': () => githubActions({ repositoryOwnerIds: [unset] }),
    google: () => google({ serviceAccounts: [unset] }),
    hydra: () => hydra({ issuer: `https://${unset}`, subjectNamespaces: 'disjoint' }),
    'keycloak: realm': () => keycloak(`https://sso.acme.com/realms/${unset}`),
    'keycloak: realm null': () => keycloak(`https://sso.acme.com/realms/${null}`),
    kinde: () => kinde(`https://${unset}.kinde.com`),
    kubernetes: () => kubernetes(`https://${unset}`),
    logto: () => logto(`https://${unset}/oidc`),
    oidcProvider: () => oidcProvider({ issuer: `https://${unset}`, subjectNamespaces: 'disjoint' }),
    'okta: domain': () => okta(unset as never, { authorizationServer: 'default' }),
    'okta: server': () => okta('acme.okta.com', { authorizationServer: unset }),
    pingam: () => pingam(`https://${unset}/am/oauth2/realms/root`),
    pingone: () => pingone(`https://auth.pingone.eu/${unset}/as`),
    rfc9068: () => rfc9068(`https://${unset}`),
    'rfc9068: keys': () => rfc9068({ issuer: 'https://as.acme.com', jwksUri: `https://${unset}` }),
    'rfc9068: name': () => rfc9068({ issuer: 'https://as.acme.com', name: unset }),
    spiffe: () => spiffe({ trustDomain: unset, jwks: NO_KEYS }),
    spring: () => spring({ issuer: `https://${unset}`, subjectNamespaces: 'disjoint' }),
    stytch: () => stytch(unset),
    workos: () => workos(`https://${unset}.authkit.app`),
    'workos: sessions': () => workos({ sessionsOf: unset }),
    zitadel: () => zitadel({ issuer: `https://${unset}`, classify }),
  };

  it.each(Object.entries(MADE))('is mentioned in the error of %s', (_name, make) => {
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(
      /contains the word undefined or null, because a variable in it is not set/,
    );
  });

  it('is mentioned in the error for the audience, too', () => {
    const issuer = rfc9068('https://as.acme.com');
    const several: readonly [string, string] = ['https://api.acme.com', `api://${unset}`];
    for (const audience of [unset, `https://${unset}/`, several]) {
      expect(() => createResourceServer({ issuer, audience })).toThrow(
        'audience of https://as.acme.com contains the word undefined or null',
      );
    }
  });
});
