import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, listOf, scopeStringOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceFreeProvider,
  checkSole,
  idSet,
  namedAs,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { PLAIN_OR_NO_TYPE } from './internal/type-policies.ts';
import type { AudienceFreeProvider, Classification } from './provider.ts';

/** Options of {@link cognito}. */
export type CognitoOptions = ProviderOptions &
  (
    | {
        /** `<region>_<id>`: the region is read off it. */
        readonly userPoolId: string;
        readonly issuer?: never;
      }
    | { readonly issuer: string; readonly userPoolId?: never }
  ) & {
    /** The app clients whose tokens this API accepts: checked in place of `aud`. */
    readonly clientIds: readonly [string, ...string[]];
    /** This API's identifiers, where app clients bind tokens to a resource (`aud`). */
    readonly resources?: readonly string[] | undefined;
  };

const OPTIONS: OwnOptionNames<CognitoOptions> = {
  userPoolId: true,
  issuer: true,
  clientIds: true,
  resources: true,
};

/**
 * An Amazon Cognito user pool: `cognito({ userPoolId: 'eu-west-1_Zk3Pq9', clientIds: ['6k2v9h'] })`.
 *
 * - Access tokens carry no `aud`: `client_id` must be one of `clientIds`. An `aud`, where a token has one, must
 *   be one of `clientIds` or `resources` (RFC 7519 §4.1.3).
 * - Provider: nothing to switch on. Give machines app clients of their own.
 * - Issuer: `https://cognito-idp.<region>.amazonaws.com/<pool>`, or, where the pool's issuer type is
 *   `UPDATED`, `https://issuer-cognito-idp.…`. Tokens of both are accepted, and a caller has one
 *   `principal.key`, with the first; `principal.issuer` is what the token says. Keys are at the
 *   address of the first, or of the second where you give that as `issuer`.
 * - Rule: `username`, and `sub` other than `client_id` → user; no `username`, and `sub` equal to
 *   `client_id` → client; else refused. Neither claim can be changed by a trigger. That machines
 *   have `sub` equal to `client_id` is known from third parties only.
 * - User id: `sub`. Authority: `scope`, `cognito:groups`.
 * - Pitfalls: a version 3 trigger may copy what a client sent (`aws_client_metadata`) into claims:
 *   never read an identity from a machine's custom claims. `auth_time` is in machines' tokens too.
 *   Sign-in by the API, without the hosted pages, gives `aws.cognito.signin.user.admin` alone.
 * - Checks `token_use`: ID tokens are refused.
 *
 * Per documentation as of November 2026:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 *
 * @throws ConfigurationError for a bad pool or issuer, missing client ids, or bad key options.
 */
export function cognito(options: CognitoOptions): AudienceFreeProvider {
  const {
    clientIds,
    issuer: givenIssuer,
    resources = [],
    userPoolId,
  } = presetOptions(
    'cognito',
    options,
    OPTIONS,
    "userPoolId: 'eu-west-1_Zk3Pq9', clientIds: ['<app client id>']",
  );
  checkSole('cognito', options, ['userPoolId', 'issuer'], "userPoolId: 'eu-west-1_Zk3Pq9'");
  const issuer = checkIssuer(
    'cognito',
    userPoolId === undefined ? givenIssuer : issuerOf(userPoolId),
    {
      trailingSlash: 'forbidden',
      path: {
        pattern: /^\/[\w-]+$/,
        example: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zk3Pq9',
      },
    },
  );
  const clients = idSet('cognito', 'clientIds', clientIds, "['<app client id>']");
  if (clients.size === 0) {
    throw new ConfigurationError(
      `cognito: clientIds is empty, and nothing else is checked in place of aud; write clientIds: ['<app client id>']`,
    );
  }
  const audiences = idSet('cognito', 'resources', resources, "['https://api.acme.com']");
  const issuers = issuerNames(issuer);
  return audienceFreeProvider(
    {
      preset: 'cognito',
      issuer,
      // Not by the metadata: it names only one of the two issuers.
      keys: keysAt(`${issuer}/.well-known/jwks.json`),
      types: PLAIN_OR_NO_TYPE,
      requiredClaims: ['client_id', 'sub', 'token_use'],
      ...(issuers.length === 1
        ? {}
        : { names: (claims) => issuers.includes(claimOf(claims, 'iss')) }),
      accepts: (claims) => {
        if (claimOf(claims, 'token_use') !== 'access') return false;
        if (!clients.has(claimOf(claims, 'client_id'))) return 'caller_not_listed';
        return isMeantFor(claims, clients, audiences) || 'audience_mismatch';
      },
      classify,
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        groups: (claims) => listOf(claims, 'cognito:groups'),
      },
    },
    issuers.length === 1 ? options : namedAs(issuers[0], options),
  );
}

const USER_POOL_ID = /^([a-z]{2}(?:-[a-z]+)+-\d+)_[0-9A-Za-z]+$/;

function issuerOf(userPoolId: string): string {
  const region = USER_POOL_ID.exec(String(userPoolId))?.[1];
  if (region === undefined) {
    throw new ConfigurationError(
      `cognito: '${String(userPoolId)}' is not a user pool id; write userPoolId: 'eu-west-1_Zk3Pq9'`,
    );
  }
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://cognito-idp.${region}.${domain}/${userPoolId}`;
}

const POOL_HOST = /^https:\/\/(?:issuer-)?(cognito-idp\.[\w-]+\.amazonaws\.com(?:\.cn)?\/)/;

/** Both names of a pool at AWS, the original one first; elsewhere the one that is given. */
function issuerNames(issuer: string): readonly [string, ...unknown[]] {
  if (!POOL_HOST.test(issuer)) return [issuer];
  return [issuer.replace(POOL_HOST, 'https://$1'), issuer.replace(POOL_HOST, 'https://issuer-$1')];
}

function isMeantFor(
  claims: TokenClaims,
  clients: ReadonlySet<unknown>,
  resources: ReadonlySet<unknown>,
): boolean {
  if (!has(claims, 'aud')) return true;
  const audience: unknown = claims.aud;
  const names: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  return names.some((name) => clients.has(name) || resources.has(name));
}

const NO_IDS = asUnknown('sub or client_id is missing');
const CONTRADICTION = asUnknown('username, sub and client_id do not agree on a kind');

function classify(claims: TokenClaims): Classification {
  const subject = stringOf(claims, 'sub');
  const clientId = stringOf(claims, 'client_id');
  if (subject === undefined || clientId === undefined) return NO_IDS;
  if (!has(claims, 'username')) {
    return subject === clientId
      ? asClient(clientId, 'no username, and sub is client_id')
      : CONTRADICTION;
  }
  return subject !== clientId && stringOf(claims, 'username') !== undefined
    ? asUser(subject, clientId, 'username, and sub is not client_id')
    : CONTRADICTION;
}
