import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { isStringList } from '../lib/json.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { TypePolicy } from '../model/type-policy.ts';
import { ALGORITHMS, type Algorithm } from '../token/algorithms.ts';
import { has, scopesOf } from './internal/claim-readers.ts';
import { type CustomClassify, customClassify, type IdReader } from './internal/custom-classify.ts';
import { type CustomIntrospected, customIntrospected } from './internal/custom-introspected.ts';
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
  Provider,
} from './provider.ts';

/** What {@link custom} needs to know, beside how the audience is checked. */
export type CustomProviderOptions = ProviderOptions & {
  /**
   * `iss` of the tokens, exactly as they carry it: an https URL, under which the metadata is looked for.
   * With `jwks` or `jwksUri` any StringOrURI (RFC 7519 §2): `urn:acme:as`, `http://adfs…`, a bare host.
   */
  readonly issuer: string;
  readonly classify: CustomClassify;
  /** Accepted `typ` headers. Default: `at+jwt` and `JWT`, and no token without `typ`. */
  readonly types?: TypePolicy | undefined;
  /**
   * Whether a token may have a `nonce`. Default `'refuse'`: an ID token has one, where the application
   * sent it. `'accept'` is for servers whose access tokens have it too, such as Keycloak before 24.
   */
  readonly nonce?: 'accept' | 'refuse' | undefined;
  /**
   * Claims without which a token is refused, beside `iss`, `exp` and `aud`. Default: none. Where `typ`
   * does not tell access tokens from ID tokens, name a claim that ID tokens lack.
   */
  readonly requiredClaims?: readonly string[] | undefined;
  /** Algorithms of the provider, where they are not the default ones. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** The user's id for the verdict `user`. Default: `sub`. */
  readonly userId?: IdReader | undefined;
  /** The client's id for the verdicts `user` and `client`. Default: `client_id`, else `azp`. */
  readonly clientId?: IdReader | undefined;
  /**
   * Granted scopes: the name of the claim that holds them (a space-delimited string or a list), or a function
   * of your own. Default: `scope`; a token that also has `scp` must state the same scopes in both. Otherwise it
   * is refused (`claim_malformed`), since one of the two may be what the client asked for. With a name given
   * here, the two are not compared.
   */
  readonly scopes?: 'scope' | 'scp' | AuthorityReaders['scopes'] | undefined;
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
  /** What is checked instead of `aud`; false refuses the token. One that has an `aud` is refused. */
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
  nonce: true,
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
 * **`typ: JWT` does not tell an access token from an ID token**, and some servers give both the API as
 * `aud`; a proxy may forward the ID token as the bearer token, too. A token with `at_hash`, `c_hash`,
 * `events` or `nonce` is always refused, but an ID token needs none of these. Best have the server sign
 * access tokens as `at+jwt` and write `types: { accepted: ['at+jwt'], optional: false }`. Else require
 * what its access tokens alone have: `requiredClaims: ['client_id', 'jti']`, or `['scope']`.
 *
 * Does not check: whether the issuer is known to belong to another preset; that is your choice. For a rule of
 * your own on `sub` and `client_id`: whether the server offers token exchange (RFC 8693) or the JWT bearer
 * grant (RFC 7523). With these a token can have one machine's `sub` and another client's `client_id`.
 *
 * @throws ConfigurationError for a bad issuer, bad key options, another `scopes` or `nonce` than the
 * documented ones, a missing `classify`, and a missing `accepts` where tokens carry no `aud`.
 */
export function custom(options: CustomOptions): AudienceProvider;
export function custom(options: CustomAudienceFreeOptions): AudienceFreeProvider;
export function custom(target: CustomOptions | CustomAudienceFreeOptions): Provider {
  const options = presetOptions('custom', target, OPTIONS, "issuer: 'https://…', classify");
  const { accepts, audienceClaim = 'required' } = options;
  checkFunctions(options);
  const statement = statementOf(options);
  const acceptsNonce = nonceAccepted(options.nonce);
  if (audienceClaim === 'required') {
    return audienceProvider(
      {
        ...statement,
        accepts: (claims, header) =>
          (acceptsNonce || !has(claims, 'nonce')) &&
          (accepts === undefined || accepts(claims, header)),
      },
      options,
    );
  }
  if (audienceClaim !== 'absent') {
    throw new ConfigurationError(
      "custom: audienceClaim must be 'required' or 'absent'; write audienceClaim: 'required', or leave it out",
    );
  }
  if (accepts === undefined) {
    throw new ConfigurationError(
      `custom: tokens without aud need another check; write accepts: (claims) => ALLOWED_CLIENTS.has(claims.client_id)`,
    );
  }
  return audienceFreeProvider(
    {
      ...statement,
      // A token with `aud` is for the API that it names, and that may be another API.
      accepts: (claims, header) =>
        !has(claims, 'aud') && (acceptsNonce || !has(claims, 'nonce')) && accepts(claims, header),
    },
    options,
  );
}

function nonceAccepted(nonce: unknown = 'refuse'): boolean {
  if (nonce === 'refuse' || nonce === 'accept') return nonce === 'accept';
  throw new ConfigurationError(
    "custom: nonce must be 'refuse' or 'accept'; write nonce: 'accept' if the access tokens of the server have one",
  );
}

function scopesReader(scopes: unknown): AuthorityReaders['scopes'] {
  if (scopes === undefined) return agreedScopes;
  if (scopes === 'scope' || scopes === 'scp') return (claims) => scopesOf(claims, scopes);
  if (isReader(scopes)) return scopes;
  throw new ConfigurationError(
    "custom: scopes must be 'scope', 'scp' or a function; write scopes: 'scp'",
  );
}

function isReader(scopes: unknown): scopes is AuthorityReaders['scopes'] {
  return typeof scopes === 'function';
}

/** The scopes of `scope`; `undefined` where `scp` states other scopes. */
function agreedScopes(claims: TokenClaims): readonly string[] | undefined {
  const granted = scopesOf(claims, 'scope');
  if (granted === undefined || !has(claims, 'scope') || !has(claims, 'scp')) return granted;
  const others = new Set(scopesOf(claims, 'scp'));
  const own = new Set(granted);
  return own.size === others.size && granted.every((scope) => others.has(scope))
    ? granted
    : undefined;
}

function statementOf(options: CustomProviderOptions): ProviderStatement {
  const { jwks, jwksUri } = options;
  const areKeysGiven = jwks !== undefined || jwksUri !== undefined;
  const issuer = areKeysGiven
    ? checkStringOrUri(options.issuer)
    : checkUrl('custom', 'issuer', options.issuer);
  const { types, requiredClaims = [], algorithms, permissions, roles, groups, tenant } = options;
  const { introspected } = options;
  if (
    algorithms !== undefined &&
    !(isStringList(algorithms) && algorithms.every((name) => ALGORITHMS.includes(name)))
  ) {
    throw new ConfigurationError(
      `custom: algorithms must be a list of ${ALGORITHMS.join(', ')}; write algorithms: ['ES256']`,
    );
  }
  if (!isStringList(requiredClaims)) {
    throw new ConfigurationError(
      "custom: requiredClaims must be a list of claims; write requiredClaims: ['client_id']",
    );
  }
  return {
    preset: 'custom',
    issuer,
    keys: areKeysGiven ? undefined : anyMetadata(issuer),
    types: types === undefined ? PLAIN_OR_ACCESS_TOKEN_TYPE : policyOf(types),
    requiredClaims: Object.freeze([...requiredClaims]),
    ...(algorithms === undefined ? {} : { algorithms: Object.freeze([...algorithms]) }),
    classify: customClassify('custom', options.classify, options),
    authority: {
      scopes: scopesReader(options.scopes),
      ...(permissions === undefined ? {} : { permissions }),
      ...(roles === undefined ? {} : { roles }),
      ...(groups === undefined ? {} : { groups }),
      ...(tenant === undefined ? {} : { tenant }),
    },
    ...(introspected === undefined
      ? {}
      : { introspected: customIntrospected(introspected, options) }),
  };
}

/** Checks an issuer that is only compared and never fetched: it must be a possible `iss`, not a URL. */
function checkStringOrUri(issuer: unknown): string {
  const isText = typeof issuer === 'string' && issuer !== '' && issuer.trim() === issuer;
  // RFC 7519 §2: a text with a colon must be a URI.
  if (isText && (!issuer.includes(':') || URL.canParse(issuer))) return issuer;
  throw new ConfigurationError(
    "custom: issuer is missing, or cannot be an iss (text without a colon, or a URI); write issuer: '…', exactly as tokens carry it",
  );
}

const FUNCTIONS = {
  accepts: "accepts: (claims) => claims.token_use === 'access'",
  userId: 'userId: (claims) => claims.sub',
  clientId: 'clientId: (claims) => claims.client_id',
  permissions: 'permissions: (claims) => claims.permissions ?? []',
  roles: 'roles: (claims) => claims.roles ?? []',
  groups: 'groups: (claims) => claims.groups ?? []',
  tenant: 'tenant: (claims) => claims.tenant_id',
} as const satisfies Partial<Record<keyof CustomOptions, string>>;

/** Refuses the name of a claim where a function is needed: it would refuse every token or fail each request. */
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
      `custom: types must list the accepted typ headers, and say whether a token may have none; write ${TYPES_LINE}`,
    );
  }
  const names = accepted.map((type) => type.toLowerCase().replace(/^application\//, ''));
  return policy(names, optional);
}
