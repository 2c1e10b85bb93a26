import type { IssuerEntry } from '../../src/issuers/issuer-entry.ts';
import {
  type AudienceFreeProvider,
  type AudienceProvider,
  auth0,
  authentik,
  authlib,
  buildkite,
  circleci,
  clerk,
  cognito,
  custom,
  descope,
  entra,
  firebase,
  githubActions,
  gitlab,
  google,
  hydra,
  keycloak,
  kubernetes,
  lemonldap,
  oidcProvider,
  okta,
  rfc9068,
  spiffe,
  spring,
  stytch,
  vercel,
  workos,
  zitadel,
} from '../../src/providers/index.ts';

const jwks = { keys: [] };
const issuer = 'https://as.acme.com';

// Where aud is missing, the type says so.
const withAudience: AudienceProvider[] = [auth0('acme.auth0.com'), workos('https://a.authkit.app')];
const withoutAudience: AudienceFreeProvider[] = [
  cognito({ userPoolId: 'eu-west-1_a', clientIds: ['a'] }),
  workos({ sessionsOf: 'client_1' }),
  custom({ issuer, classify: () => 'refuse', audienceClaim: 'absent', accepts: () => false }),
];
// @ts-expect-error an audience-free provider is not one whose audience can be configured
withAudience.push(cognito({ userPoolId: 'eu-west-1_a', clientIds: ['a'] }));
// @ts-expect-error nor the reverse
withoutAudience.push(auth0('acme.auth0.com'));

// Where aud is the project, the entry of a list is complete.
const entries: IssuerEntry[] = [
  firebase('acme-prod'),
  stytch('project-live-1'),
  cognito({ userPoolId: 'eu-west-1_a', clientIds: ['a'] }),
  { ...auth0('acme.auth0.com'), audience: 'https://api.acme.com', name: 'acme' },
];
// @ts-expect-error elsewhere the audience is missing
entries.push(auth0('acme.auth0.com'));

// One source of keys.
// @ts-expect-error jwks and jwksUri exclude each other
rfc9068({ issuer, jwks, jwksUri: 'https://as.acme.com/jwks' });

// What is checked in place of aud, or of a discriminator, cannot be left out.
// @ts-expect-error clientIds is required
cognito({ userPoolId: 'eu-west-1_a' });
// @ts-expect-error clientIds is not empty
cognito({ userPoolId: 'eu-west-1_a', clientIds: [] });
// @ts-expect-error a list of callers is required
clerk({ issuer: 'https://clerk.acme.com' });
// @ts-expect-error serviceAccounts is required
google({});
// @ts-expect-error ids are a list
githubActions({ repositoryOwnerIds: '4411' });
// @ts-expect-error a look-up that found nothing is not everybody
githubActions({ repositoryOwnerIds: undefined });
// @ts-expect-error a setting that was not found is not any life
kubernetes({ issuer, maxLifetimeSec: undefined });
// @ts-expect-error authorizationServer is required
okta('acme.okta.com');
okta('https://acme.okta.com/oauth2/default');
// @ts-expect-error one of project and issuer is required
descope({ subjectNamespaces: 'unknown' });
// @ts-expect-error an issuer that is no trust domain does not stand for one
spiffe({ issuer: 'https://spire.acme.com', jwks });
// @ts-expect-error accepts is required without aud
custom({ issuer, classify: () => 'refuse', audienceClaim: 'absent' });
// @ts-expect-error classify is required
custom({ issuer });
// @ts-expect-error classify answers at once
custom({ issuer, classify: async () => 'user' });

// Providers without a documented rule.
// @ts-expect-error subjectNamespaces or classify is required
spring({ issuer });
// @ts-expect-error subjectNamespaces or classify is required
hydra({ issuer });
// @ts-expect-error an issuer alone says nothing of the kinds
hydra(issuer);
// @ts-expect-error an issuer alone says nothing of the kinds
oidcProvider(issuer);
// @ts-expect-error kindClaim, subjectNamespaces or classify is required
oidcProvider({ issuer });
oidcProvider({ issuer, kindClaim: 'sub_type' });
// @ts-expect-error one of the three
oidcProvider({ issuer, kindClaim: 'sub_type', subjectNamespaces: 'disjoint' });
// @ts-expect-error one of them, not both
spring({ issuer, subjectNamespaces: 'unknown', classify: () => 'user' });
// @ts-expect-error disjoint does not tell users from service users
zitadel({ issuer, subjectNamespaces: 'disjoint' });
// @ts-expect-error classify, or unknown, is required
authentik({ issuer });

// What holds scopes, and whether a nonce may be there, is said by name.
custom({ issuer, classify: () => ({ kind: 'client', clientId: 'a', agent: true }), scopes: 'scp' });
custom({ issuer, classify: () => 'user', nonce: 'accept' });
// @ts-expect-error another claim takes a reader
custom({ issuer, classify: () => 'user', scopes: 'roles' });
// @ts-expect-error no boolean
custom({ issuer, classify: () => 'user', nonce: true });

// One way to name the issuer.
entra({ tenants: ['3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10'], version: 'v1' });
// @ts-expect-error the issuer's form says the version
entra({ issuer, version: 'v1' });
// @ts-expect-error domain or issuer
auth0({ domain: 'acme.auth0.com', issuer });
// @ts-expect-error an issuer is required
keycloak({ jwks });

// Whoever has an account at a service of all the world could call: whose jobs may is not left out.
gitlab({ projectIds: ['20'] });
gitlab({ issuer: 'https://git.acme.com' });
// @ts-expect-error neither projects nor namespaces nor an instance of one's own
gitlab({});
// @ts-expect-error organizationIds is required
buildkite({});
// @ts-expect-error organizationId is required
circleci({ projectIds: ['p'] });
// @ts-expect-error ownerIds is required
vercel({ issuer: 'https://oidc.vercel.com/acme' });

// Nothing tells the kinds apart at these two by itself.
authlib({ issuer, kindClaim: 'sub_type' });
lemonldap({ issuer, subjectNamespaces: 'disjoint' });
// @ts-expect-error none of kindClaim, subjectNamespaces and classify
authlib({ issuer });
// @ts-expect-error two of them
authlib({ issuer, kindClaim: 'sub_type', subjectNamespaces: 'disjoint' });
// @ts-expect-error neither subjectNamespaces nor classify
lemonldap({ issuer });
