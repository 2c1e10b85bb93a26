import type { TokenClaims } from '../model/principal.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { claimOf, listOf, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { anyMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { JWT_PROFILE_CLAIMS } from './internal/jwt-profile.ts';
import { statesClient, statesUser } from './internal/kind-marks.ts';
import { ACCESS_TOKEN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link authly}. */
export type AuthlyOptions = ProviderOptions & {
  /** The issuer's identifier, as it was given to `createIssuer`. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<AuthlyOptions> = {
  issuer: true,
};

/**
 * Tokens of `@authly/issuer`: `authly('https://auth.acme.com')`.
 *
 * - Rule: the claim `sub_type`, which only the issuer sets, is `user` or `client`; nothing is
 *   inferred. A client's `sub` must be its `client_id`, a user's must not; else refused.
 * - Authority: `scope`, `permissions`, `roles`, `groups`, tenant `tenant_id`, for those that the
 *   issuer was asked to put in.
 * - Every claim of RFC 9068 §2.2 and `typ: at+jwt` are required.
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function authly(target: string | AuthlyOptions): AudienceProvider {
  const options = issuerOptions('authly', target, OPTIONS);
  const issuer = checkIssuer('authly', options.issuer);
  return audienceProvider(
    {
      preset: 'authly',
      issuer,
      keys: anyMetadata(issuer),
      types: ACCESS_TOKEN_TYPE,
      requiredClaims: REQUIRED_CLAIMS,
      classify,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        permissions: (claims) => listOf(claims, 'permissions'),
        roles: (claims) => listOf(claims, 'roles'),
        groups: (claims) => listOf(claims, 'groups'),
        tenant: (claims) => stringOf(claims, 'tenant_id'),
      },
      notIntrospected:
        'its access tokens are JWTs, and @authly/issuer has no introspection endpoint. Leave introspection out',
    },
    options,
  );
}

const REQUIRED_CLAIMS: readonly string[] = Object.freeze([...JWT_PROFILE_CLAIMS, 'sub_type']);

const NO_IDS = asUnknown('sub or client_id is missing');
const NO_TYPE = asUnknown('sub_type is neither user nor client');
const CONTRADICTION = asUnknown('sub_type does not agree with sub, client_id or another mark');

function classify(claims: TokenClaims, header: TokenHeader): Classification {
  const subject = stringOf(claims, 'sub');
  const clientId = stringOf(claims, 'client_id');
  if (subject === undefined || clientId === undefined) return NO_IDS;
  const type = claimOf(claims, 'sub_type');
  if (type === 'user') {
    return subject === clientId || statesClient(claims, header)
      ? CONTRADICTION
      : asUser(subject, clientId, 'sub_type is user');
  }
  if (type !== 'client') return NO_TYPE;
  return subject === clientId && !statesUser(claims, header)
    ? asClient(clientId, 'sub_type is client')
    : CONTRADICTION;
}
