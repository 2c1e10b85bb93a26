import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import {
  claimOf,
  has,
  type JsonObject,
  noScopes,
  objectOf,
  stringOf,
} from './internal/claim-readers.ts';
import { asClient, asUnknown } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
  refuseUndefined,
} from './internal/define-provider.ts';
import { keysAt, openIdMetadata } from './internal/discovery-documents.ts';
import { type InClusterKeys, type InClusterOptions, inClusterKeys } from './internal/in-cluster.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { PLAIN_OR_NO_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link kubernetes}. */
export type KubernetesOptions = ProviderOptions & {
  /** The cluster's `--service-account-issuer`, exactly. */
  readonly issuer: string;
  /**
   * What `principal.key` holds: `'name'` (default) the namespace and the name, which stay the same when an
   * account is deleted and made again; `'uid'` the account's `uid`, which is then a new one.
   */
  readonly keyBy?: 'name' | 'uid' | undefined;
  /**
   * The longest life of a token, from `iat` to `exp`, in seconds. Left out: any, since the cluster
   * gives what a pod asks for, two years too. `undefined` is refused.
   */
  readonly maxLifetimeSec?: number;
  /**
   * For an API that runs as a pod of the cluster: its keys are read from the API server, with the pod's
   * own token and the cluster's certificate authority. `true` where Kubernetes mounts them as usual.
   */
  readonly inCluster?: true | InClusterOptions | undefined;
};

const OPTIONS: OwnOptionNames<KubernetesOptions> = {
  issuer: true,
  keyBy: true,
  maxLifetimeSec: true,
  inCluster: true,
};

/**
 * Service accounts of a Kubernetes cluster: `kubernetes('https://kubernetes.default.svc.cluster.local')`,
 * or the issuer of a managed cluster.
 *
 * - Caller: a pod mounts a projected token with your API's `audience`, and reads the file anew for
 *   each call, or at least every minute: it is replaced while the pod runs.
 * - Cluster: an API in a pod writes `inCluster: true`. Elsewhere the metadata and `/openid/v1/jwks` must be
 *   readable without a credential, as managed clusters publish them (or a role binding of
 *   `system:service-account-issuer-discovery` lets everybody), or give `jwks` or `jwksUri`. Where
 *   `--service-account-issuer` is given twice, the metadata names the first alone: the second needs
 *   `jwksUri`.
 * - Rule: always a client: `sub` is `system:serviceaccount:<namespace>:<name>`, and agrees with
 *   `kubernetes.io`, when that is there.
 * - Client id: `sub`. No scopes, no tenant.
 * - **A token counts until its `exp`, even when its pod or its account was deleted**: only the API server knows
 *   that. An account that was made again under the same name has the same `sub` and, without `keyBy: 'uid'`,
 *   the same `principal.key`. With `keyBy: 'uid'` a token without a `uid` is refused. Limit the life of tokens
 *   by `maxLifetimeSec: 3600`: the API server gives a pod any life that it asks for.
 * - Refuses tokens with `kubernetes.io.warnafter`, unless `aud` names the API server (the issuer, or
 *   `https://kubernetes.default…`). Every pod has such a token by default. It is good for a year and meant for
 *   the API server only: do not use the API server's audience for your API.
 * - Refuses tokens of secrets (`iss: kubernetes/serviceaccount`), which never expire.
 * - Pitfall: unrelated clusters have the same default issuer. Then only the keys tell them apart: **give the
 *   keys of your cluster**, and a `name`, unless the metadata is read inside the cluster.
 *
 * Per documentation, source, and tokens of version 1.37, as of November 2026:
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
 * https://github.com/kubernetes/kubernetes (pkg/serviceaccount/claims.go)
 *
 * @throws ConfigurationError for a bad issuer, `keyBy` or `maxLifetimeSec`, or bad key options.
 */
export function kubernetes(target: string | KubernetesOptions): AudienceProvider {
  const options: KubernetesOptions = issuerOptions('kubernetes', target, OPTIONS);
  const issuer = checkIssuer('kubernetes', options.issuer);
  const { keyBy, maxLifetimeSec } = options;
  if (keyBy !== undefined && keyBy !== 'name' && keyBy !== 'uid') {
    throw new ConfigurationError("kubernetes: keyBy is 'name' or 'uid'; write keyBy: 'uid'");
  }
  refuseUndefined('kubernetes', options, 'maxLifetimeSec', '3600');
  if (maxLifetimeSec !== undefined && !(Number.isInteger(maxLifetimeSec) && maxLifetimeSec > 0)) {
    throw new ConfigurationError(
      'kubernetes: maxLifetimeSec must be a whole number of seconds, at least 1; write maxLifetimeSec: 3600',
    );
  }
  const inCluster = inClusterOf(options);
  return audienceProvider(
    {
      preset: 'kubernetes',
      issuer,
      ...(inCluster === undefined
        ? { keys: openIdMetadata(issuer) }
        : { keys: keysAt(inCluster.jwksUri), fetch: inCluster.fetch }),
      types: PLAIN_OR_NO_TYPE,
      requiredClaims: ['aud', 'sub'],
      algorithms: KUBERNETES_ALGORITHMS,
      accepts: (claims) =>
        (!isForApiServer(claims) || namesApiServer(claims, issuer)) &&
        livesAtMost(claims, maxLifetimeSec),
      classify: keyBy === 'uid' ? classifyByUid : classify,
      authority: { scopes: noScopes },
    },
    options,
  );
}

function inClusterOf(options: Partial<KubernetesOptions>): InClusterKeys | undefined {
  const { inCluster, jwks, jwksUri, fetch } = options;
  if (inCluster === undefined) return undefined;
  const isRight = inCluster === true || (typeof inCluster === 'object' && inCluster !== null);
  if (!isRight || jwks !== undefined || jwksUri !== undefined || fetch !== undefined) {
    throw new ConfigurationError(
      "kubernetes: inCluster says where the keys are and how they are fetched; write kubernetes({ issuer: 'https://…', inCluster: true }), without jwks, jwksUri and fetch",
    );
  }
  return inClusterKeys('kubernetes', inCluster === true ? {} : inCluster);
}

/** The algorithms that an API server signs with. Which one depends on the type and curve of its key. */
const KUBERNETES_ALGORITHMS: readonly Algorithm[] = Object.freeze([
  ...DEFAULT_ALGORITHMS,
  'ES384',
  'ES512',
] as const);

const SUBJECT_PREFIX = 'system:serviceaccount:';

const NO_EVIDENCE = asUnknown('sub is not a service account');
const CONTRADICTION = asUnknown('sub and kubernetes.io name different service accounts');
const NO_UID = asUnknown('kubernetes.io.serviceaccount.uid is missing, which keyBy asks for');

function classify(claims: TokenClaims): Classification {
  const subject = stringOf(claims, 'sub');
  if (subject === undefined || !isServiceAccount(subject)) return NO_EVIDENCE;
  if (has(claims, 'kubernetes.io') && subjectIn(claims) !== subject) return CONTRADICTION;
  return asClient(subject, 'sub is a service account');
}

function classifyByUid(claims: TokenClaims): Classification {
  const classification = classify(claims);
  if (classification.kind === 'unknown') return classification;
  const account = accountIn(claims);
  const uid = account && stringOf(account, 'uid');
  return uid === undefined ? NO_UID : { ...classification, keyId: uid };
}

function isServiceAccount(subject: string): boolean {
  if (!subject.startsWith(SUBJECT_PREFIX)) return false;
  const [namespace, name, ...rest] = subject.slice(SUBJECT_PREFIX.length).split(':');
  return namespace !== '' && name !== undefined && name !== '' && rest.length === 0;
}

function subjectIn(claims: TokenClaims): string | undefined {
  const bound = objectOf(claims, 'kubernetes.io');
  const account = accountIn(claims);
  const name = account && stringOf(account, 'name');
  return bound && `${SUBJECT_PREFIX}${stringOf(bound, 'namespace')}:${name}`;
}

function accountIn(claims: TokenClaims): JsonObject | undefined {
  const bound = objectOf(claims, 'kubernetes.io');
  return bound && objectOf(bound, 'serviceaccount');
}

/** `warnafter` is in tokens whose life the API server extended to a year, for itself. */
function isForApiServer(claims: TokenClaims): boolean {
  const bound = objectOf(claims, 'kubernetes.io');
  return bound !== undefined && has(bound, 'warnafter');
}

function namesApiServer(claims: TokenClaims, issuer: string): boolean {
  const audience = claimOf(claims, 'aud');
  const names: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  return names.some(
    (name) => name === issuer || (typeof name === 'string' && API_SERVER_AUDIENCE.test(name)),
  );
}

/** The API server's name inside every cluster, which managed clusters take for its audience. */
const API_SERVER_AUDIENCE = /^https:\/\/kubernetes\.default(?:\.svc(?:\.[\w.-]+)?)?\/?$/;

function livesAtMost({ exp, iat }: TokenClaims, maxLifetimeSec: number | undefined): boolean {
  if (maxLifetimeSec === undefined) return true;
  // `iat` and `exp` may be of any type here: their own checks run later.
  return typeof exp === 'number' && typeof iat === 'number' && exp - iat <= maxLifetimeSec;
}
