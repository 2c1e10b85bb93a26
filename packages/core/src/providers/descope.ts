import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import {
  claimOf,
  clientIdOf,
  has,
  listOf,
  NONE,
  objectOf,
  scopeStringOf,
  stringOf,
} from './internal/claim-readers.ts';
import {
  audienceFreeProvider,
  namedAs,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { checkPreset, checkUrl } from './internal/issuer-url.ts';
import { kindRule, type OperatorRuleOption } from './internal/subject-namespaces.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceFreeProvider } from './provider.ts';

/** Options of {@link descope}. */
export type DescopeOptions = ProviderOptions & {
  /** Where Descope's API is. Default `https://api.descope.com`. */
  readonly baseUrl?: string | undefined;
} & (
    | {
        /** The project's id: `P2…`. */
        readonly projectId: string;
        /** `iss` of the tokens, where it is a URL that ends in that id. Default: the id itself. */
        readonly issuer?: string | undefined;
      }
    | {
        /** `iss` of the tokens: the project's id, or a URL that ends in it. */
        readonly issuer: string;
        readonly projectId?: never;
      }
  ) &
  OperatorRuleOption;

const OPTIONS: OwnOptionNames<DescopeOptions> = {
  projectId: true,
  issuer: true,
  baseUrl: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * Descope: `descope({ projectId: 'P2…', classify })`.
 *
 * The session of an access key has the shape of a user's, and nothing in it is documented to tell
 * them apart, so `classify` is required (or `'unknown'`, which refuses every token).
 *
 * - Provider: add a custom claim to access keys and to users by JWT templates, for example
 *   `caller_type`, `machine` and `human`, and read it:
 *   `classify: ({ caller_type }) => caller_type === 'human' ? 'user' : caller_type === 'machine' ? 'client' : 'refuse'`.
 * - Sessions carry no `aud`: `iss` names the project, and that stands for it; tokens of other
 *   projects are refused, and the APIs of one project are not divided. An `aud`, where a token has one, must be
 *   the project's id (RFC 7519 §4.1.3).
 * - User id: `sub`. Client id: `sub` of an access key's session. Authority: with a current tenant
 *   (`dct`) the roles and permissions of that tenant only, else those of the project; `scope` when
 *   there is one.
 * - Issuer: the project's id, or a URL that ends in it; tokens of both forms are accepted, and a caller
 *   has one `principal.key`.
 * - Checks that `drn` is `DS`, a session: refresh tokens (`DSR`) are refused, and tokens without it,
 *   such as ID tokens of Descope as an OpenID provider.
 *
 * Per documentation and source as of November 2026:
 * https://docs.descope.com/session-overview
 * https://github.com/descope/node-sdk (lib/helpers.ts)
 *
 * @throws ConfigurationError for a bad project or issuer, a missing `classify`, or bad key options.
 */
export function descope(options: DescopeOptions): AudienceFreeProvider {
  const { baseUrl = 'https://api.descope.com', issuer } = presetOptions(
    'descope',
    options,
    OPTIONS,
    "projectId: 'P2…', classify",
  );
  const projectId = options.projectId ?? lastPartOf(issuer);
  if (typeof projectId !== 'string' || !/^\w+$/.test(projectId)) {
    throw new ConfigurationError(
      "descope: projectId is missing; write descope({ projectId: 'P2…', classify })",
    );
  }
  const base = checkUrl('descope', 'baseUrl', baseUrl);
  const root = base.endsWith('/') ? base.slice(0, -1) : base;
  const iss = issuer === undefined ? projectId : issuerOf(issuer, projectId);
  const issuers: ReadonlySet<unknown> = new Set([iss, projectId, `${root}/${projectId}`]);
  return audienceFreeProvider(
    {
      preset: 'descope',
      issuer: iss,
      names: (claims) => issuers.has(claimOf(claims, 'iss')),
      keys: keysAt(`${root}/v2/keys/${projectId}`),
      types: PLAIN_TYPE,
      requiredClaims: ['sub', 'drn'],
      accepts: (claims) =>
        isSession(claims) && (isForProject(claims, projectId) || 'audience_mismatch'),
      classify: kindRule('descope', options, {
        disjoint: undefined,
        ids: { clientId: (claims) => stringOf(claims, 'sub'), userClientId: clientIdOf },
        exampleClaim: 'caller_type',
      }),
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        permissions: (claims) => grantsOf(claims, 'permissions'),
        roles: (claims) => grantsOf(claims, 'roles'),
        tenant: (claims) => stringOf(claims, 'dct'),
      },
    },
    namedAs(iss, options),
  );
}

function lastPartOf(issuer: unknown): unknown {
  return typeof issuer === 'string' ? issuer.slice(issuer.lastIndexOf('/') + 1) : undefined;
}

function issuerOf(issuer: string, projectId: string): string {
  if (issuer === projectId) return issuer;
  checkPreset('descope', checkUrl('descope', 'issuer', issuer));
  if (issuer.endsWith(`/${projectId}`)) return issuer;
  throw new ConfigurationError(
    `descope: the issuer must end with the project's id; write issuer: 'https://api.descope.com/${projectId}'`,
  );
}

function isSession(claims: TokenClaims): boolean {
  return claimOf(claims, 'drn') === 'DS';
}

function isForProject(claims: TokenClaims, projectId: string): boolean {
  if (!has(claims, 'aud')) return true;
  const audience: unknown = claims.aud;
  return audience === projectId || (Array.isArray(audience) && audience.includes(projectId));
}

/** Roles of a tenant are not roles of the project: with a current tenant only the roles of that tenant count. */
function grantsOf(claims: TokenClaims, name: 'permissions' | 'roles'): readonly string[] {
  if (!has(claims, 'dct')) return listOf(claims, name);
  const tenant = stringOf(claims, 'dct');
  const tenants = objectOf(claims, 'tenants');
  if (tenant === undefined || tenants === undefined) return NONE;
  const grants = objectOf(tenants, tenant);
  return grants === undefined ? NONE : listOf(grants, name);
}
