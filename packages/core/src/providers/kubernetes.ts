import type { TokenClaims } from '../model/principal.ts';
import { type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import { has, noScopes, objectOf, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown } from './internal/classification.ts';
import {
  audienceProvider,
  issuerOptions,
  type OwnOptionNames,
  type ProviderOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { PLAIN_OR_NO_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link kubernetes}. */
export type KubernetesOptions = ProviderOptions & {
  /** The cluster's `--service-account-issuer`, exactly. */
  readonly issuer: string;
};

const OPTIONS: OwnOptionNames<KubernetesOptions> = {
  issuer: true,
};

/**
 * Service accounts of a Kubernetes cluster: `kubernetes('https://kubernetes.default.svc.cluster.local')`,
 * or the issuer of a managed cluster.
 *
 * - Caller: a pod mounts a projected token with your API's `audience`.
 * - Cluster: the metadata and `/openid/v1/jwks` must be readable without a credential (a role binding
 *   of `system:service-account-issuer-discovery`), or give `jwks` or `jwksUri`.
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
  const options = issuerOptions('kubernetes', target, OPTIONS);
  const issuer = checkIssuer('kubernetes', options.issuer);
  return audienceProvider(
    {
      preset: 'kubernetes',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_OR_NO_TYPE,
      requiredClaims: ['aud', 'sub'],
      algorithms: KUBERNETES_ALGORITHMS,
      classify,
      authority: { scopes: noScopes },
    },
    options,
  );
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
