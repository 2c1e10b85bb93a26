/** How issuers of one provider look, and which presets read its tokens (the first is suggested). */
interface KnownIssuer {
  readonly presets: readonly string[];
  readonly matches: (host: string, path: string) => boolean;
}

const KNOWN: readonly KnownIssuer[] = [
  known('auth0', (host) => within(host, 'auth0.com')),
  known('okta', (host, path) => isOktaHost(host) || OKTA_PATH.test(path)),
  known('entra', (host) => ENTRA_HOSTS.has(host) || within(host, 'ciamlogin.com')),
  // Azure AD B2C has its own claims, and no documented rule that tells users from clients.
  { presets: [], matches: (host) => within(host, 'b2clogin.com') },
  known('cognito', (host) => COGNITO_HOST.test(host) && isAmazonHost(host)),
  known(
    'pingam',
    (host, path) => path.includes('/oauth2/realms/') || within(host, 'forgeblocks.com'),
  ),
  known('keycloak', (_host, path) => path.includes('/realms/')),
  known('kinde', (host) => within(host, 'kinde.com')),
  known('workos', (host) => within(host, 'authkit.app') || host === 'api.workos.com'),
  known('stytch', (host) => host === 'stytch.com' || within(host, 'stytch.com')),
  known('descope', (host) => within(host, 'descope.com')),
  known('firebase', (host) => host === 'securetoken.google.com'),
  known('google', (host) => host === 'accounts.google.com'),
  // Identity-Aware Proxy signs with other keys and for other audiences than Google's accounts.
  { presets: [], matches: (host) => host === 'cloud.google.com' },
  known(
    'githubActions',
    (host, path) => host === 'token.actions.githubusercontent.com' || path === '/_services/token',
  ),
  known('gitlab', (host) => host === 'gitlab.com'),
  known('buildkite', (host) => host === 'agent.buildkite.com'),
  known('circleci', (host) => host === 'oidc.circleci.com'),
  known('vercel', (host) => host === 'oidc.vercel.com'),
  known('kubernetes', isClusterIssuer),
  known('logto', (host) => within(host, 'logto.app')),
  known('hydra', (host) => within(host, 'oryapis.com')),
  known('zitadel', (host) => within(host, 'zitadel.cloud')),
  known('supabase', (host) => within(host, 'supabase.co')),
  known('cloudflareAccess', (host) => within(host, 'cloudflareaccess.com')),
  // Tokens of machines have the claims of persons at these two providers: docs/other-providers.md.
  { presets: [], matches: (host) => within(host, 'my.salesforce.com') },
  { presets: [], matches: (_host, path) => /^\/adfs(?:\/|$)/.test(path) },
  known('authentik', (_host, path) => path.includes('/application/o/')),
  known('fusionauth', (host) => within(host, 'fusionauth.io')),
  known('pingone', (host) => host.startsWith('auth.pingone.')),
  known('clerk', (host) => within(host, 'clerk.accounts.dev') || host.startsWith('clerk.')),
  known('curity', (_host, path) => path.endsWith('/oauth-anonymous')),
];

/** The original issuers of user pools, and those that AWS recommends since 2026. */
const COGNITO_HOST = /^(?:issuer-)?cognito-idp\./;

const ENTRA_HOSTS: ReadonlySet<string> = new Set([
  'sts.windows.net',
  'sts.chinacloudapi.cn',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
]);

/** `/oauth2/default`, or an authorization server's id, also on a custom domain. */
const OKTA_PATH = /^\/oauth2\/(?:default|aus[0-9A-Za-z]+)\/?$/;

/**
 * Which presets read tokens of an issuer, by the form of its URL: `undefined` when the form is not known, an
 * empty list when it is known and no preset reads its tokens. For start-up only.
 */
export function presetsOfIssuer(issuer: string): readonly string[] | undefined {
  if (!URL.canParse(issuer)) return undefined;
  const { hostname, pathname } = new URL(issuer);
  return KNOWN.find(({ matches }) => matches(hostname, pathname))?.presets;
}

function known(preset: string, matches: KnownIssuer['matches']): KnownIssuer {
  return { presets: [preset], matches };
}

function within(host: string, domain: string): boolean {
  return host.endsWith(`.${domain}`);
}

function isOktaHost(host: string): boolean {
  return ['okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com', 'okta.mil'].some(
    (domain) => within(host, domain),
  );
}

function isAmazonHost(host: string): boolean {
  return within(host, 'amazonaws.com') || within(host, 'amazonaws.com.cn');
}

function isClusterIssuer(host: string, path: string): boolean {
  return (
    host.startsWith('kubernetes.default') ||
    (host.startsWith('oidc.eks') && path.startsWith('/id/')) ||
    (host === 'container.googleapis.com' && path.startsWith('/v1/projects/')) ||
    within(host, 'oic.prod-aks.azure.com')
  );
}
