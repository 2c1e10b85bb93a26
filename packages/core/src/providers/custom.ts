import { ConfigurationError } from '../model/errors.ts';
import type { TypePolicy } from '../model/type-policy.ts';
import { ALGORITHMS, type Algorithm } from '../token/algorithms.ts';
import { scopesOf } from './internal/claim-readers.ts';
import { type CustomClassify, customClassify, type IdReader } from './internal/custom-classify.ts';
import {
  audienceFreeProvider,
  audienceProvider,
  checkOptions,
  type ProviderOptions,
  type ProviderStatement,
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
  const options = checkOptions('custom', target, "issuer: 'https://…', classify");
  const { accepts, audienceClaim = 'required' } = options;
  const statement = statementOf(options);
  if (audienceClaim === 'required') {
    return audienceProvider(
      { ...statement, ...(accepts === undefined ? {} : { accepts }) },
      options,
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
  const { jwks, jwksUri } = options;
  const areKeysGiven = jwks !== undefined || jwksUri !== undefined;
  const issuer = areKeysGiven
    ? checkStringOrUri(options.issuer)
    : checkUrl('custom', 'issuer', options.issuer);
  const { types, requiredClaims = [], algorithms, permissions, roles, groups, tenant } = options;
  if (algorithms !== undefined && !algorithms.every((name) => ALGORITHMS.includes(name))) {
    throw new ConfigurationError(`custom: algorithms must be among ${ALGORITHMS.join(', ')}`);
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
      scopes: options.scopes ?? ((claims) => scopesOf(claims, 'scope')),
      ...(permissions === undefined ? {} : { permissions }),
      ...(roles === undefined ? {} : { roles }),
      ...(groups === undefined ? {} : { groups }),
      ...(tenant === undefined ? {} : { tenant }),
    },
  };
}

/** Compared as text and never fetched, so it need not be a URL: but text that can be an `iss`. */
function checkStringOrUri(issuer: unknown): string {
  const isText = typeof issuer === 'string' && issuer !== '' && issuer.trim() === issuer;
  // RFC 7519 §2: any text without a colon, and a URI with one.
  if (isText && (!issuer.includes(':') || URL.canParse(issuer))) return issuer;
  throw new ConfigurationError(
    "custom: issuer is missing, or can be no iss (text without a colon, or a URI); write issuer: '…', exactly as tokens carry it",
  );
}

function policyOf({ accepted, optional }: TypePolicy): TypePolicy {
  const types = accepted.map((type) => type.toLowerCase().replace(/^application\//, ''));
  return policy(types, optional);
}
