import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import { has, noScopes, objectOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown } from './internal/classification.ts';
import { audienceProvider, optionsOf, type ProviderOptions } from './internal/define-provider.ts';
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
   * For an API that runs as a pod of the cluster: its keys are read from the API server, with the pod's
   * own token and the cluster's certificate authority. `true` where Kubernetes mounts them as usual.
   */
  readonly inCluster?: true | InClusterOptions | undefined;
};

/**
 * Service accounts of a Kubernetes cluster: `kubernetes('https://kubernetes.default.svc.cluster.local')`,
 * or the issuer of a managed cluster.
 *
 * - Caller: a pod mounts a projected token with your API's `audience`.
 * - Cluster: an API in a pod writes `inCluster: true`. Elsewhere the metadata and `/openid/v1/jwks` must be
 *   readable without a credential, as managed clusters publish them (or a role binding of
 *   `system:service-account-issuer-discovery` lets everybody), or give `jwks` or `jwksUri`.
 * - Rule: always a client: `sub` is `system:serviceaccount:<namespace>:<name>`, and agrees with
 *   `kubernetes.io`, when that is there.
 * - Client id: `sub`. No scopes, no tenant.
 * - Pitfall: unrelated clusters share the default issuer. Then the keys alone divide them: **give the
 *   keys of your cluster**, and a `name`, if the metadata is not read inside it.
 *
 * Per documentation and source as of September 2026:
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
 * https://github.com/kubernetes/kubernetes (pkg/serviceaccount/claims.go)
 *
 * @throws ConfigurationError for a bad issuer or bad key options.
 */
export function kubernetes(target: string | KubernetesOptions): AudienceProvider {
  const options = optionsOf('kubernetes', target);
  const issuer = checkIssuer('kubernetes', options.issuer);
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
      classify,
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

/** What an API server signs with: by the key's type and curve. */
const KUBERNETES_ALGORITHMS: readonly Algorithm[] = Object.freeze([
  ...DEFAULT_ALGORITHMS,
  'ES384',
  'ES512',
] as const);

const SUBJECT_PREFIX = 'system:serviceaccount:';

const NO_EVIDENCE = asUnknown('sub is not a service account');
const CONTRADICTION = asUnknown('sub and kubernetes.io name different service accounts');

function classify(claims: TokenClaims): Classification {
  const subject = stringOf(claims, 'sub');
  if (subject === undefined || !isServiceAccount(subject)) return NO_EVIDENCE;
  if (has(claims, 'kubernetes.io') && subjectIn(claims) !== subject) return CONTRADICTION;
  return asClient(subject, 'sub is a service account');
}

function isServiceAccount(subject: string): boolean {
  if (!subject.startsWith(SUBJECT_PREFIX)) return false;
  const [namespace, name, ...rest] = subject.slice(SUBJECT_PREFIX.length).split(':');
  return namespace !== '' && name !== undefined && name !== '' && rest.length === 0;
}

function subjectIn(claims: TokenClaims): string | undefined {
  const bound = objectOf(claims, 'kubernetes.io');
  const account = bound && objectOf(bound, 'serviceaccount');
  const name = account && stringOf(account, 'name');
  return bound && `${SUBJECT_PREFIX}${stringOf(bound, 'namespace')}:${name}`;
}
