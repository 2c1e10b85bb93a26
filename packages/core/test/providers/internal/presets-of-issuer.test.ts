import { expect, it } from 'vitest';
import { presetsOfIssuer } from '../../../src/providers/internal/presets-of-issuer.ts';

it.each([
  ['https://acme.eu.auth0.com/', 'auth0'],
  ['https://acme.okta.com', 'okta'],
  ['https://acme.oktapreview.com/oauth2/default', 'okta'],
  ['https://acme.oktapreview.com', 'okta'],
  ['https://acme.okta-emea.com', 'okta'],
  ['https://acme.okta-gov.com', 'okta'],
  ['https://acme.okta.mil', 'okta'],
  ['https://id.acme.com/oauth2/aus9f2kd', 'okta'],
  ['https://login.microsoftonline.us/x/v2.0', 'entra'],
  ['https://acme.ciamlogin.com/x/v2.0', 'entra'],
  ['https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_a', 'cognito'],
  ['https://sso.acme.com/auth/realms/x', 'keycloak'],
  ['https://am.acme.com/am/oauth2/realms/root/realms/x', 'pingam'],
  ['https://acme.forgeblocks.com:443/am/oauth2/alpha', 'pingam'],
  ['https://acme.kinde.com', 'kinde'],
  ['https://acme.authkit.app', 'workos'],
  ['https://api.workos.com', 'workos'],
  ['https://stytch.com/project-live-1', 'stytch'],
  ['https://test.stytch.com/v1/public/project-test-1', 'stytch'],
  ['https://api.descope.com/P2x', 'descope'],
  ['https://securetoken.google.com/acme', 'firebase'],
  ['https://accounts.google.com', 'google'],
  ['https://token.actions.githubusercontent.com/acme', 'githubActions'],
  ['https://ghes.acme.com/_services/token', 'githubActions'],
  ['https://oidc.eks.eu-west-1.amazonaws.com/id/A1', 'kubernetes'],
  ['https://container.googleapis.com/v1/projects/p/locations/l/clusters/c', 'kubernetes'],
  ['https://eastus.oic.prod-aks.azure.com/t/c/', 'kubernetes'],
  ['https://acme.logto.app/oidc', 'logto'],
  ['https://acme.projects.oryapis.com', 'hydra'],
  ['https://acme.zitadel.cloud', 'zitadel'],
  ['https://ak.acme.com/application/o/x/', 'authentik'],
  ['https://acme.fusionauth.io', 'fusionauth'],
  ['https://auth.pingone.com.au/x/as', 'pingone'],
  ['https://x.clerk.accounts.dev', 'clerk'],
  ['https://clerk.acme.com', 'clerk'],
  ['https://login.acme.com/oauth/v2/oauth-anonymous', 'curity'],
  ['https://gitlab.com', 'gitlab'],
  ['https://agent.buildkite.com', 'buildkite'],
  ['https://oidc.circleci.com/org/7f3d9c1e', 'circleci'],
  ['https://oidc.vercel.com/acme', 'vercel'],
  ['https://abcdefgh.supabase.co/auth/v1', 'supabase'],
  ['https://acme.cloudflareaccess.com', 'cloudflareAccess'],
])('%s is an issuer of %s', (issuer, preset) => {
  expect(presetsOfIssuer(issuer)).toEqual([preset]);
});

it.each([
  'https://acme.b2clogin.com/t/v2.0',
  'https://cloud.google.com/iap',
  'https://acme.my.salesforce.com',
  'https://acme--dev.sandbox.my.salesforce.com',
  'https://sts.acme.com/adfs',
  'http://sts.acme.com/adfs/services/trust',
])('%s is recognized, but no preset reads its tokens', (issuer) => {
  expect(presetsOfIssuer(issuer)).toEqual([]);
});

it.each([
  'https://as.acme.com',
  'https://auth0.com.acme.com/',
  'https://myauth0.com/',
  'https://acme.com/oauth2/token',
  'https://gitlab.com.acme.com',
  'https://acme.com/login/adfs',
  'https://acme.com/adfs2/services',
  'https://salesforce.com',
  'https://cognito-idp.acme.com/pool',
  'https://oidc.eks.acme.com/keys',
  'https://acme.com/id/A1',
  'https://container.googleapis.com/other',
  'https://acme.com/v1/projects/p',
  'https://mystytch.com',
  'acme.com',
  '',
])('"%s" is not recognized', (issuer) => {
  expect(presetsOfIssuer(issuer)).toBeUndefined();
});
