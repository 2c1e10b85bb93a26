import type { KeySource } from '../../keys/key-set.ts';
import { ConfigurationError } from '../../model/errors.ts';
import type { TokenClaims } from '../../model/principal.ts';
import type { AudienceProvider } from '../provider.ts';
import { claimOf, stringOf } from './claim-readers.ts';
import { checkExclusive, type ProviderOptions } from './define-provider.ts';
import { keysAt, openIdMetadata } from './discovery-documents.ts';
import { checkIssuer } from './issuer-url.ts';

/** The version of the access tokens: the API's registration decides it, not the endpoint. */
export type EntraVersion = 'v1' | 'v2';

/** Options of `entra`: a tenant's id, its issuer, or several tenants. */
export type EntraOptions = ProviderOptions &
  (
    | {
        /** The directory (tenant) id, a GUID. */
        readonly tenant: string;
        /** `v2` unless said otherwise. */
        readonly version?: EntraVersion | undefined;
        readonly issuer?: never;
        readonly tenants?: never;
      }
    | {
        /** The issuer as tokens have it. Its form tells the version. */
        readonly issuer: string;
        readonly tenant?: never;
        readonly tenants?: never;
        readonly version?: never;
      }
    | {
        /** The tenants whose tokens a multi-tenant API accepts, or every tenant's. */
        readonly tenants: readonly [string, ...string[]] | 'any';
        /** `v2` unless said otherwise; `v1` for an API whose `requestedAccessTokenVersion` is not 2. */
        readonly version?: EntraVersion | undefined;
        readonly issuer?: never;
        readonly tenant?: never;
      }
  );

/** Whose tokens are read, and with which keys. */
export interface EntraIssuer {
  readonly issuer: string;
  readonly version: EntraVersion;
  readonly keys: KeySource;
  /** Whether a token's `tid` is one of those accepted. */
  readonly isAccepted: (tenant: unknown) => boolean;
  /** Whether a key that its JWK binds to an issuer may verify a token. */
  readonly keyServes: NonNullable<AudienceProvider['keyServes']>;
  /** Set where one entry stands for many tenants. */
  readonly names?: NonNullable<AudienceProvider['names']>;
}

/** Checks the options. Throws `ConfigurationError` with the line to write instead. */
export function entraIssuer(options: EntraOptions): EntraIssuer {
  checkExclusive('entra', options, ['tenant', 'tenants', 'issuer'], "entra({ tenant: '<id>' })");
  checkExclusive(
    'entra',
    options,
    ['version', 'issuer'],
    "entra({ tenant: '<id>', version: 'v1' })",
  );
  if (options.tenants !== undefined) {
    return manyTenants(options.tenants, checkVersion(options.version ?? 'v2'));
  }
  if (options.tenant !== undefined) return oneTenant(options.tenant, options.version ?? 'v2');
  if (options.issuer === undefined) {
    throw new ConfigurationError(
      "entra: tenant is missing; write entra('<directory (tenant) id>'), the GUID that stands in the issuer of the tokens",
    );
  }
  const issuer = checkIssuer('entra', withoutMix(options.issuer), {
    path: { pattern: ISSUER_PATH, example: 'https://login.microsoftonline.com/<tenant id>/v2.0' },
  });
  const [, tenant = '', suffix] = ISSUER_PATH.exec(new URL(issuer).pathname) ?? [];
  return single(issuer, tenant, suffix === undefined ? 'v1' : 'v2');
}

/** Refuses the host of one version with the path of the other: Entra issues no such tokens. */
function withoutMix(issuer: unknown): unknown {
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) return issuer;
  const { hostname, pathname } = new URL(issuer);
  const [, tenant, version] = LOOSE_PATH.exec(pathname) ?? [];
  const isMix =
    (hostname.startsWith('sts.') && version !== undefined) ||
    (hostname.startsWith('login.') && version === undefined);
  if (tenant === undefined || !isMix) return issuer;
  throw new ConfigurationError(
    `entra: '${issuer}' is neither of version 1 nor of version 2; write entra('${tenant}'), or entra({ tenant: '${tenant}', version: 'v1' })`,
  );
}

const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TENANT = new RegExp(`^${GUID}$`);
const LOOSE_PATH = new RegExp(`^/(${GUID})(?:/|/(v2\\.0)/?)?$`);
const ISSUER_PATH = new RegExp(`^/(${GUID})/(v2\\.0)?$`);

/**
 * The placeholder for a tenant's id in metadata for several tenants, and in the issuer of keys for
 * all tenants.
 */
const ANY_TENANT = '{tenantid}';

const ISSUER_TEMPLATES = {
  v1: `https://sts.windows.net/${ANY_TENANT}/`,
  v2: `https://login.microsoftonline.com/${ANY_TENANT}/v2.0`,
} as const;

/** How the issuer of a key looks, in every cloud: `https://<host>/<tenant>/v2.0`. */
const KEY_ISSUER = new RegExp(`^https://[^/]+/(\\{tenantid\\}|${GUID})(?:/|/v2\\.0/?)?$`);

function checkVersion(version: unknown): EntraVersion {
  if (version === 'v1' || version === 'v2') return version;
  throw new ConfigurationError("entra: version must be 'v1' or 'v2'; write version: 'v2'");
}

function oneTenant(given: unknown, givenVersion: unknown): EntraIssuer {
  const tenant = tenantId(given);
  const version = checkVersion(givenVersion);
  const issuer =
    version === 'v1'
      ? `https://sts.windows.net/${tenant}/`
      : `https://login.microsoftonline.com/${tenant}/v2.0`;
  return single(issuer, tenant, version);
}

function single(issuer: string, tenant: string, version: EntraVersion): EntraIssuer {
  // Metadata of v1 is documented under the login host, not under the host of its issuer.
  const isCommercialV1 = issuer.startsWith('https://sts.windows.net/');
  const base = isCommercialV1 ? `https://login.microsoftonline.com/${tenant}` : issuer;
  return {
    issuer,
    version,
    keys: openIdMetadata(base),
    isAccepted: (id) => id === tenant,
    // Keys of version 1, and those that an operator pastes, name no issuer.
    keyServes: (keyIssuer) => keyIssuer === undefined || isKeyOf(tenant, keyIssuer),
  };
}

/** Whether a key serves this tenant: Entra binds some keys to one tenant. */
function isKeyOf(tenant: string, keyIssuer: string): boolean {
  const [, bound] = KEY_ISSUER.exec(keyIssuer) ?? [];
  return bound === ANY_TENANT || bound === tenant;
}

function manyTenants(tenants: unknown, version: EntraVersion): EntraIssuer {
  if (tenants !== 'any' && !(Array.isArray(tenants) && tenants.length > 0)) {
    throw new ConfigurationError(
      "entra: tenants must be a list of tenant ids, or 'any'; write tenants: ['<directory (tenant) id>']",
    );
  }
  const allowed = tenants === 'any' ? undefined : new Set<unknown>(tenants.map(tenantId));
  const isAccepted = (tenant: unknown): boolean =>
    allowed === undefined ? typeof tenant === 'string' && TENANT.test(tenant) : allowed.has(tenant);
  const template = ISSUER_TEMPLATES[version];
  return {
    issuer: template,
    version,
    // Both versions have the same keys, but only the key set of version 2 says which tenant a key is for.
    keys:
      version === 'v2'
        ? openIdMetadata('https://login.microsoftonline.com/organizations/v2.0')
        : keysAt('https://login.microsoftonline.com/common/discovery/v2.0/keys'),
    isAccepted,
    names: (claims) =>
      isAccepted(claimOf(claims, 'tid')) && claimOf(claims, 'iss') === issuerFrom(template, claims),
    // One key set serves all tenants, so a key that names no tenant is not used.
    keyServes: (keyIssuer, claims) =>
      keyIssuer === ISSUER_TEMPLATES.v2 ||
      (keyIssuer !== undefined && keyIssuer === issuerFrom(ISSUER_TEMPLATES.v2, claims)),
  };
}

function issuerFrom(template: string, claims: TokenClaims): string {
  return template.replace(ANY_TENANT, stringOf(claims, 'tid') ?? '');
}

function tenantId(given: unknown): string {
  const tenant = typeof given === 'string' ? given.toLowerCase() : '';
  if (TENANT.test(tenant)) return tenant;
  throw new ConfigurationError(
    `entra: '${String(given)}' is not a tenant id; write entra('<directory (tenant) id>'), the GUID that stands in the issuer of the tokens`,
  );
}
