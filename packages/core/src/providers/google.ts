import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { claimOf, noScopes, stringOf } from './internal/claim-readers.ts';
import { asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  idSet,
  namedAs,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link google}. */
export type GoogleOptions = ProviderOptions & {
  /** E-mail addresses of the service accounts that may call; empty when none may. */
  readonly serviceAccounts: readonly string[];
  /** Always `https://accounts.google.com`; tokens may say `accounts.google.com`. */
  readonly issuer?: 'https://accounts.google.com' | undefined;
};

const OPTIONS: OwnOptionNames<GoogleOptions> = {
  issuer: true,
  serviceAccounts: true,
};

/**
 * Google: ID tokens of service accounts, and of users:
 * `google({ serviceAccounts: ['nightly@acme-prod.iam.gserviceaccount.com'] })`.
 *
 * Google's access tokens are opaque; its ID tokens are what an API can verify by itself.
 *
 * - **Any service account of any Google project can get a token for your audience**, so the list of
 *   those that may call is required, and all others are refused.
 * - Caller: a service account asks for an ID token with your API's audience, in the full format
 *   (with `email`).
 * - Rule: a verified e-mail address under `gserviceaccount.com`, and `azp` equal to `sub` → client;
 *   `azp` of an OAuth client (`….apps.googleusercontent.com`), and no such address → user; else
 *   refused.
 * - Ids: `sub`, which is numeric, for users and for service accounts; a user's client is `azp`.
 *   An address can be given to a new account after the old one is deleted.
 * - Issuer: `https://accounts.google.com` or `accounts.google.com`, as documented; `principal.issuer` is what
 *   the token says; `principal.key` always has the first form.
 * - Audience: what service accounts ask for; for users your OAuth client's id.
 * - Authority: none; tenant `hd`, the Workspace domain.
 * - Identity-Aware Proxy has another issuer and other keys, and is not read here.
 *
 * Per documentation as of November 2026:
 * https://cloud.google.com/docs/authentication/token-types
 * https://developers.google.com/identity/openid-connect/openid-connect
 *
 * @throws ConfigurationError for a missing list, another issuer, or bad key options.
 */
export function google(options: GoogleOptions): AudienceProvider {
  const { issuer = ISSUER, serviceAccounts } = presetOptions(
    'google',
    options,
    OPTIONS,
    "serviceAccounts: ['name@project.iam.gserviceaccount.com']",
  );
  if (issuer !== ISSUER) {
    throw new ConfigurationError(
      `google: its only issuer is ${ISSUER}; write google({ serviceAccounts: [...] })`,
    );
  }
  const allowed = idSet(
    'google',
    'serviceAccounts',
    serviceAccounts,
    "['name@project.iam.gserviceaccount.com'], or [] if none may call",
  );
  return audienceProvider(
    {
      preset: 'google',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      names: (claims) => ISSUER_NAMES.has(claimOf(claims, 'iss')),
      requiredClaims: ['aud', 'sub', 'azp'],
      accepts: (claims) => {
        const email = stringOf(claims, 'email');
        return !isServiceAccount(email) || allowed.has(email) || 'caller_not_listed';
      },
      classify,
      authority: { scopes: noScopes, tenant: (claims) => stringOf(claims, 'hd') },
    },
    namedAs(ISSUER, options),
  );
}

const ISSUER = 'https://accounts.google.com';

/** Google documents both. */
const ISSUER_NAMES: ReadonlySet<unknown> = new Set([ISSUER, 'accounts.google.com']);

const NO_IDS = asUnknown('sub or azp is missing');
const NO_EVIDENCE = asUnknown('neither a verified service account nor an OAuth client of users');

function classify(claims: TokenClaims): Classification {
  const subject = stringOf(claims, 'sub');
  const party = stringOf(claims, 'azp');
  if (subject === undefined || party === undefined) return NO_IDS;
  if (isServiceAccount(stringOf(claims, 'email'))) {
    return party === subject && claimOf(claims, 'email_verified') === true
      ? asClient(party, 'the verified address of a service account, and azp is sub')
      : NO_EVIDENCE;
  }
  return party.endsWith('.apps.googleusercontent.com') && party !== subject
    ? asUser(subject, party, 'azp is an OAuth client')
    : NO_EVIDENCE;
}

function isServiceAccount(email: string | undefined): boolean {
  return email?.toLowerCase().endsWith('.gserviceaccount.com') === true;
}
