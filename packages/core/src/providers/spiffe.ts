import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { Algorithm } from '../token/algorithms.ts';
import { has, noScopes, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown } from './internal/classification.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { checkUrl } from './internal/issuer-url.ts';
import { policy } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link spiffe}: the trust domain, and where its bundle is: `jwks` or `jwksUri`. */
export type SpiffeOptions = ProviderOptions &
  (
    | {
        /** `acme.com`, or `spiffe://acme.com`. */
        readonly trustDomain: string;
        /**
         * `iss` of the tokens, where your server puts one in (SPIRE's `jwt_issuer`). Both must be set,
         * or neither: with it tokens must have this `iss`, without it they must have none.
         */
        readonly issuer?: string | undefined;
      }
    | {
        /** The trust domain, of tokens without `iss`: the issuer that principals then have. */
        readonly issuer: `spiffe://${string}`;
        readonly trustDomain?: never;
      }
  );

const OPTIONS: OwnOptionNames<SpiffeOptions> = {
  trustDomain: true,
  issuer: true,
};

/**
 * JWT-SVIDs of a SPIFFE trust domain:
 * `spiffe({ trustDomain: 'acme.com', jwksUri: 'https://bundle.acme.com/' })`.
 *
 * - `iss` is not required in a JWT-SVID: without `issuer`, tokens that have no `iss` and whose `sub`
 *   is in the trust domain are read with this entry, and its keys decide. `principal.issuer` is then
 *   `spiffe://<trust domain>`.
 *   **SPIRE's `jwt_issuer` and the option `issuer` go together**: if only one of them is set, every
 *   token is refused with `issuer_unknown`.
 * - Keys: the bundle of the trust domain (`use` is `jwt-svid` there), or the key set of SPIRE's OIDC
 *   discovery provider. The bundle endpoint must have the profile `https_web`: that of `https_spiffe`
 *   has a certificate that only SPIFFE can check. **Do not copy the keys into `jwks`**: SPIRE rotates
 *   them, and a copy breaks within a day.
 * - Rule: always a client: `sub` is a SPIFFE ID of the trust domain, by the grammar of SPIFFE-ID §2:
 *   segments of letters, digits, `.`, `-` and `_`; no escapes, query, or other characters. IDs under
 *   `/spire`, SPIRE's own, are refused. A path such as `/user/ada` is a workload too.
 * - Client id: `sub`. Tenant: the trust domain. No scopes.
 * - Pitfall: a JWT-SVID is a bearer token, and may be replayed by any of its audiences: let `aud` name only your API.
 *
 * Per specification, and tokens of SPIRE 1.13, as of November 2026:
 * https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md
 * https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md
 *
 * @throws ConfigurationError for a bad trust domain or issuer, missing keys, or bad key options.
 */
export function spiffe(options: SpiffeOptions): AudienceProvider {
  const { issuer, trustDomain: given } = withTrustDomain(
    presetOptions('spiffe', options, OPTIONS, "trustDomain: 'acme.com', jwksUri: 'https://…'"),
  );
  const trustDomain = trustDomainOf(given);
  const id = `spiffe://${trustDomain}`;
  return audienceProvider(
    {
      preset: 'spiffe',
      issuer: issuer === undefined ? id : checkUrl('spiffe', 'issuer', issuer),
      keys: undefined,
      keyUses: KEY_USES,
      types: SVID_TYPE,
      requiredClaims: ['aud', 'sub'],
      algorithms: SVID_ALGORITHMS,
      ...(issuer === undefined
        ? { names: (claims) => !has(claims, 'iss') && isWorkloadOf(claims, id) }
        : {}),
      classify: (claims) => classify(claims, id),
      authority: {
        scopes: noScopes,
        tenant: (claims) => (isWorkloadOf(claims, id) ? trustDomain : undefined),
      },
    },
    options,
  );
}

/** JWT-SVID §2.2: `typ` is optional, and one of these. */
const SVID_TYPE = policy(['jwt', 'jose'], true);

/** A bundle marks its keys; an OIDC discovery provider marks them as other issuers do. */
const KEY_USES: readonly string[] = Object.freeze(['jwt-svid', 'sig']);

/** JWT-SVID §2.1. */
const SVID_ALGORITHMS: readonly Algorithm[] = Object.freeze([
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
] as const);

const SCHEME = 'spiffe://';
const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/;

/** The issuer where tokens have no `iss`: the trust domain. No token has it as its `iss`. */
function withTrustDomain({ issuer, trustDomain }: SpiffeOptions): {
  readonly issuer: string | undefined;
  readonly trustDomain: unknown;
} {
  return trustDomain === undefined && issuer?.startsWith(SCHEME)
    ? { issuer: undefined, trustDomain: issuer }
    : { issuer, trustDomain };
}

function trustDomainOf(given: unknown): string {
  const name =
    typeof given === 'string' && given.startsWith(SCHEME) ? given.slice(SCHEME.length) : given;
  if (typeof name === 'string' && TRUST_DOMAIN.test(name)) return name;
  throw new ConfigurationError(
    "spiffe: trustDomain is missing, or is not one; write spiffe({ trustDomain: 'acme.com', jwksUri: 'https://…' })",
  );
}

const NO_EVIDENCE = asUnknown('sub is not a SPIFFE ID of the trust domain');

function classify(claims: TokenClaims, id: string): Classification {
  return isWorkloadOf(claims, id)
    ? asClient(stringOf(claims, 'sub'), 'sub is a SPIFFE ID of the trust domain')
    : NO_EVIDENCE;
}

/** SPIFFE-ID §2.3: the longest that implementations have to support. */
const MAX_ID_LENGTH = 2_048;

/** SPIFFE-ID §2.2. */
const SEGMENT = /^[\w.-]+$/;

/** SPIFFE-ID §2: a path of at least one segment, none of them empty or dots, and not SPIRE's own. */
function isWorkloadOf(claims: TokenClaims, id: string): boolean {
  const subject = stringOf(claims, 'sub');
  if (!subject?.startsWith(`${id}/`) || subject.length > MAX_ID_LENGTH) return false;
  const segments = subject.slice(id.length + 1).split('/');
  return (
    segments[0] !== 'spire' &&
    segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..')
  );
}
