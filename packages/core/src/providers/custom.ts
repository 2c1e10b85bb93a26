import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { isStringList } from '../lib/json.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TypePolicy } from '../model/type-policy.ts';
import { ALGORITHMS, type Algorithm } from '../token/algorithms.ts';
import { scopesOf } from './internal/claim-readers.ts';
import { type CustomClassify, customClassify, type IdReader } from './internal/custom-classify.ts';
import {
  audienceFreeProvider,
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  type ProviderStatement,
  presetOptions,
} from './internal/define-provider.ts';
import { anyMetadata } from './internal/discovery-documents.ts';
import { checkUrl } from './internal/issuer-url.ts';
import { PLAIN_OR_ACCESS_TOKEN_TYPE, policy } from './internal/type-policies.ts';
import type {
  AudienceFreeProvider,
  AudienceProvider,
  AuthorityReaders,
  IntrospectedRule,
  Provider,
} from './provider.ts';

/** How answers about opaque tokens are read: see {@link CustomProviderOptions.introspected}. */
export interface CustomIntrospected {
  /**
   * Whether the answer is about an access token: servers say `active: true` of refresh tokens, too. What
   * tells them apart differs: `(answer) => answer.token_type === 'Bearer'`.
   */
  readonly accepts: (answer: TokenClaims) => boolean;
  /** As `classify`, on the members of an answer. There is no header: it gets an empty one. */
  readonly classify: CustomClassify;
  /** Members without which an answer is refused, beside `exp` and `aud`. Default: none. */
  readonly requiredMembers?: readonly string[] | undefined;
}

/** What {@link custom} needs to know, beside how the audience is checked. */
export type CustomProviderOptions = ProviderOptions & {
  /** `iss` of the tokens, exactly as they carry it. */
  readonly issuer: string;
  readonly classify: CustomClassify;
  /** Accepted `typ` headers. Default: `at+jwt` and `JWT`, and no token without `typ`. */
  readonly types?: TypePolicy | undefined;
  /** Claims without which a token is refused, beside `iss`, `exp` and `aud`. Default: none. */
  readonly requiredClaims?: readonly string[] | undefined;
  /** Algorithms of the provider, where they are not the default ones. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** The user's id for the verdict `user`. Default: `sub`. */
  readonly userId?: IdReader | undefined;
  /** The client's id for the verdicts `user` and `client`. Default: `client_id`, else `azp`. */
  readonly clientId?: IdReader | undefined;
  /** Granted scopes. Default: `scope`, a space-delimited string or a list. */
  readonly scopes?: AuthorityReaders['scopes'] | undefined;
  readonly permissions?: AuthorityReaders['permissions'] | undefined;
  readonly roles?: AuthorityReaders['roles'] | undefined;
  readonly groups?: AuthorityReaders['groups'] | undefined;
  readonly tenant?: AuthorityReaders['tenant'] | undefined;
  /**
   * How answers of the introspection endpoint are read (RFC 7662); needed for `introspection`. Ids and
   * authority are read from them by the same functions as from JWTs.
   */
  readonly introspected?: CustomIntrospected | undefined;
};

/** Options of {@link custom} for a provider whose tokens carry `aud`. */
export type CustomOptions = CustomProviderOptions & {
  readonly audienceClaim?: 'required' | undefined;
  /** A check of the provider's own marks of an access token; false refuses the token. */
  readonly accepts?: AudienceProvider['accepts'] | undefined;
};

/** Options of {@link custom} for a provider whose tokens carry no `aud`. */
export type CustomAudienceFreeOptions = CustomProviderOptions & {
  readonly audienceClaim: 'absent';
  /** What is checked instead of `aud`; false refuses the token. */
  readonly accepts: NonNullable<AudienceFreeProvider['accepts']>;
};

const OPTIONS: OwnOptionNames<CustomOptions | CustomAudienceFreeOptions> = {
  issuer: true,
  audienceClaim: true,
  accepts: true,
  classify: true,
  types: true,
  requiredClaims: true,
  algorithms: true,
  userId: true,
  clientId: true,
  scopes: true,
  permissions: true,
  roles: true,
  groups: true,
  tenant: true,
  introspected: true,
};

/**
 * Any other provider, read by a rule of your own: `classify(claims, header)` says `'user'`,
 * `'client'` or `'refuse'`, or gives the ids too. Anything else that it answers, a promise included,
 * refuses the token; what it throws makes the request fail with 503 `classification_failed`.
 *
 * ```ts
 * custom({
 *   issuer: 'https://as.acme.com',
 *   classify: ({ kind }) => (kind === 'person' ? 'user' : kind === 'service' ? 'client' : 'refuse'),
 * })
 * ```
 *
 * Let the rule rest on claims that neither users nor clients can influence (RFC 9700 §4.15), and ask
 * for positive evidence of both kinds: "everything else is a user" is how machines become users.
 *
 * Does not check: whether the issuer is known to belong to another preset. This is your choice.
 *
 * @throws ConfigurationError for a bad issuer, bad key options, a missing `classify`, and a missing
 * `accepts` where tokens carry no `aud`.
 */
export function custom(options: CustomOptions): AudienceProvider;
export function custom(options: CustomAudienceFreeOptions): AudienceFreeProvider;
export function custom(target: CustomOptions | CustomAudienceFreeOptions): Provider {
  const options = presetOptions('custom', target, OPTIONS, "issuer: 'https://…', classify");
  const { accepts, audienceClaim = 'required' } = options;
  checkFunctions(options);
  const statement = statementOf(options);
  if (audienceClaim === 'required') {
    return audienceProvider(
      { ...statement, ...(accepts === undefined ? {} : { accepts }) },
      options,
    );
  }
  if (audienceClaim !== 'absent') {
    throw new ConfigurationError(
      "custom: audienceClaim is 'required' or 'absent'; write audienceClaim: 'required', or leave it out",
    );
  }
  if (accepts === undefined) {
    throw new ConfigurationError(
      `custom: tokens without aud need another check; write accepts: (claims) => ALLOWED_CLIENTS.has(claims.client_id)`,
    );
  }
  return audienceFreeProvider({ ...statement, accepts }, options);
}

function statementOf(options: CustomProviderOptions): ProviderStatement {
  const issuer = checkUrl('custom', 'issuer', options.issuer);
  const { types, requiredClaims = [], algorithms, permissions, roles, groups, tenant } = options;
  const { introspected } = options;
  if (
    algorithms !== undefined &&
    !(isStringList(algorithms) && algorithms.every((name) => ALGORITHMS.includes(name)))
  ) {
    throw new ConfigurationError(
      `custom: algorithms is a list of ${ALGORITHMS.join(', ')}; write algorithms: ['ES256']`,
    );
  }
  if (!isStringList(requiredClaims)) {
    throw new ConfigurationError(
      "custom: requiredClaims is a list of claims; write requiredClaims: ['client_id']",
    );
  }
  return {
    preset: 'custom',
    issuer,
    keys: anyMetadata(issuer),
    types: types === undefined ? PLAIN_OR_ACCESS_TOKEN_TYPE : policyOf(types),
    requiredClaims: Object.freeze([...requiredClaims]),
    ...(algorithms === undefined ? {} : { algorithms: Object.freeze([...algorithms]) }),
    classify: customClassify('custom', options.classify, options),
    authority: {
      scopes: options.scopes ?? ((claims) => scopesOf(claims, 'scope')),
      ...(permissions === undefined ? {} : { permissions }),
      ...(roles === undefined ? {} : { roles }),
      ...(groups === undefined ? {} : { groups }),
      ...(tenant === undefined ? {} : { tenant }),
    },
    ...(introspected === undefined
      ? {}
      : { introspected: introspectedRule(options, introspected) }),
  };
}

const INTROSPECTED: OptionNames<CustomIntrospected> = {
  accepts: true,
  classify: true,
  requiredMembers: true,
};

const INTROSPECTED_LINE =
  "introspected: { accepts: (answer) => answer.token_type === 'Bearer', classify: (answer) => answer.kind === 'person' ? 'user' : answer.kind === 'service' ? 'client' : 'refuse' }";

function introspectedRule(
  options: CustomProviderOptions,
  introspected: CustomIntrospected,
): IntrospectedRule {
  const {
    accepts,
    classify,
    requiredMembers = [],
  } = checkOptions('introspected of custom()', introspected, INTROSPECTED, INTROSPECTED_LINE);
  if (typeof accepts !== 'function' || typeof classify !== 'function') {
    throw new ConfigurationError(
      `custom: introspected needs accepts and classify, two functions of the answer; write ${INTROSPECTED_LINE}`,
    );
  }
  if (!isStringList(requiredMembers)) {
    throw new ConfigurationError(
      "custom: requiredMembers of introspected is a list of members; write requiredMembers: ['client_id']",
    );
  }
  const rule = customClassify('custom', classify, options);
  return Object.freeze({
    requiredMembers: Object.freeze([...requiredMembers]),
    accepts,
    classify: (answer: TokenClaims) => rule(answer, {}),
  });
}

const FUNCTIONS = {
  accepts: "accepts: (claims) => claims.token_use === 'access'",
  userId: 'userId: (claims) => claims.sub',
  clientId: 'clientId: (claims) => claims.client_id',
  scopes: 'scopes: (claims) => claims.scope_list',
  permissions: 'permissions: (claims) => claims.permissions ?? []',
  roles: 'roles: (claims) => claims.roles ?? []',
  groups: 'groups: (claims) => claims.groups ?? []',
  tenant: 'tenant: (claims) => claims.tenant_id',
} as const satisfies Partial<Record<keyof CustomOptions, string>>;

/** A claim's name in the place of its reader would refuse every token, or fail each request. */
function checkFunctions(options: CustomOptions | CustomAudienceFreeOptions): void {
  for (const [name, line] of Object.entries(FUNCTIONS)) {
    const given: unknown = Reflect.get(options, name);
    if (given === undefined || typeof given === 'function') continue;
    throw new ConfigurationError(`custom: ${name} must be a function of the claims; write ${line}`);
  }
}

const TYPE_OPTIONS: OptionNames<TypePolicy> = { accepted: true, optional: true };

const TYPES_LINE = "types: { accepted: ['at+jwt', 'jwt'], optional: false }";

function policyOf(types: TypePolicy): TypePolicy {
  const { accepted, optional } = checkOptions('types of custom()', types, TYPE_OPTIONS, TYPES_LINE);
  if (!isStringList(accepted) || typeof optional !== 'boolean') {
    throw new ConfigurationError(
      `custom: types has a list of accepted typ headers, and says whether a token may have none; write ${TYPES_LINE}`,
    );
  }
  const names = accepted.map((type) => type.toLowerCase().replace(/^application\//, ''));
  return policy(names, optional);
}
