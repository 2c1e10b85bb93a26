import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { claimOf, has, noScopes, objectOf, stringOf } from './internal/claim-readers.ts';
import { asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  checkSole,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { keysAt } from './internal/discovery-documents.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link firebase}: the project's id, or the issuer that ends in it. */
export type FirebaseOptions = ProviderOptions &
  (
    | { readonly projectId: string; readonly issuer?: never }
    | { readonly issuer: string; readonly projectId?: never }
  );

const OPTIONS: OwnOptionNames<FirebaseOptions> = {
  projectId: true,
  issuer: true,
};

/**
 * Firebase Authentication and Identity Platform: `firebase('acme-prod')`. ID tokens of users; there
 * are none of machines.
 *
 * - Audience: the project's id, which the preset's result has already, so `{ issuer: firebase('acme-prod') }`
 *   is complete. All APIs of one project have the same audience.
 * - Rule: `firebase.sign_in_provider`, and `sub` (equal to `user_id`, when that is there) → user.
 * - User id: `sub`. Authority: none; tenant `firebase.tenant`. Ids are unique in a tenant only, so that
 *   `principal.key` holds `<tenant>/<sub>` where there is a tenant, and `sub` alone where there is none.
 * - Pitfalls: `sign_in_provider` may be `anonymous`, a visitor without an account, or `custom`, which
 *   your own back end vouched for, machines included: require more where it matters. Session cookies
 *   have another issuer and other keys, and are refused.
 *
 * Per documentation and source as of November 2026:
 * https://firebase.google.com/docs/auth/admin/verify-id-tokens
 * https://github.com/firebase/firebase-admin-node (src/auth/token-verifier.ts)
 *
 * @throws ConfigurationError for a bad project id or issuer, or bad key options.
 */
export function firebase(
  target: string | FirebaseOptions,
): AudienceProvider & { readonly audience: string } {
  const options: FirebaseOptions = presetOptions(
    'firebase',
    typeof target === 'string' ? { projectId: target } : target,
    OPTIONS,
  );
  checkSole('firebase', options, ['projectId', 'issuer'], "firebase('acme-prod')");
  const projectId = projectIdOf(options);
  const provider = audienceProvider(
    {
      preset: 'firebase',
      issuer: ISSUER_PREFIX + projectId,
      keys: keysAt(JWKS_URI),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'auth_time', 'firebase'],
      accepts: (claims) => claims.aud === projectId || 'audience_mismatch',
      classify,
      authority: { scopes: noScopes, tenant: tenantOf },
    },
    options,
  );
  return Object.freeze({ ...provider, audience: projectId });
}

const ISSUER_PREFIX = 'https://securetoken.google.com/';

/** The same keys that Firebase documents as certificates, as a JWK set. */
const JWKS_URI =
  'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com';

const PROJECT_ID = /^[a-z0-9][a-z0-9.:-]*$/;

function projectIdOf({ issuer, projectId }: FirebaseOptions): string {
  const id: unknown =
    projectId ??
    (issuer?.startsWith(ISSUER_PREFIX) ? issuer.slice(ISSUER_PREFIX.length) : undefined);
  if (typeof id === 'string' && PROJECT_ID.test(id)) return id;
  throw new ConfigurationError(
    "firebase: the project's id is missing; write firebase('acme-prod')",
  );
}

const NO_EVIDENCE = asUnknown('firebase.sign_in_provider or sub is missing, or user_id is another');
const BAD_TENANT = asUnknown('firebase.tenant is not the id of a tenant');

function classify(claims: TokenClaims): Classification {
  const signIn = objectOf(claims, 'firebase');
  const subject = stringOf(claims, 'sub');
  if (signIn === undefined || stringOf(signIn, 'sign_in_provider') === undefined)
    return NO_EVIDENCE;
  if (has(claims, 'user_id') && claimOf(claims, 'user_id') !== subject) return NO_EVIDENCE;
  const classification = asUser(subject, undefined, 'firebase.sign_in_provider, and sub');
  if (subject === undefined || classification.kind !== 'user') return classification;
  const keyId = keyIdOf(subject, claimOf(signIn, 'tenant'));
  return keyId === undefined ? BAD_TENANT : { ...classification, keyId };
}

const TENANT_ID = /^[\w.-]+$/;

/**
 * The id in `principal.key`: `<tenant>/<sub>`, since one `sub` may occur in two tenants; without a tenant `sub`
 * alone. A slash within `sub`, which custom tokens may have, is escaped, so that it is not taken for the slash
 * after a tenant.
 */
function keyIdOf(subject: string, tenant: unknown): string | undefined {
  if (tenant === undefined) return subject.includes('/') ? `/${subject}` : subject;
  return typeof tenant === 'string' && TENANT_ID.test(tenant) ? `${tenant}/${subject}` : undefined;
}

function tenantOf(claims: TokenClaims): string | undefined {
  const signIn = objectOf(claims, 'firebase');
  return signIn && stringOf(signIn, 'tenant');
}
