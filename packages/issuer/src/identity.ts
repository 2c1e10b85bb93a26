import { checkOptions, mustBe, type OptionNames } from '@authly/core';
import type { ClaimEntry } from './custom-claims.ts';

/** Who a user is: an account at a provider, and what is known about the person. */
export interface Identity {
  /** Where the account is: `google`, `ldap`, `local`. Part of the subject. */
  readonly provider: string;
  /** The account's immutable id at the provider. Part of the subject: not an email address. */
  readonly externalId: string;
  readonly email?: string;
  readonly username?: string;
  /** Anything else that is known. A name that is asked for becomes a claim of that name. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Which members of an identity go into a token; by default only the subject. */
export interface IncludedProfile {
  /** Puts `email` into the token. */
  readonly email?: true;
  /** Puts `username` into the token, as `preferred_username` (OpenID Connect Core §5.1). */
  readonly username?: true;
  /** Names of attributes to put into the token, each as a claim of its name. */
  readonly attributes?: readonly string[];
}

/** Names of the claims that an identity's own members become. */
export type ProfileClaim = 'email' | 'preferred_username';

const INCLUDED: OptionNames<IncludedProfile> = {
  email: mustBe.trueOrFalse('include: { email: true }'),
  username: mustBe.trueOrFalse('include: { username: true }'),
  attributes: mustBe.listOfTexts("include: { attributes: ['department'] }"),
};

/**
 * The claims that an identity adds to a token: what `include` asks for and the identity has. Members that it
 * does not have are left out; members that are not asked for are not read. Throws `ConfigurationError` for an unknown
 * member of `include`.
 */
export function profileClaims(
  identity: Identity,
  include: IncludedProfile = {},
): readonly ClaimEntry[] {
  checkOptions('include', include, INCLUDED, 'include: { email: true }');
  const attributes = identity.attributes ?? {};
  const claims: ClaimEntry[] = (include.attributes ?? [])
    .filter((name) => Object.hasOwn(attributes, name))
    .map((name) => [name, attributes[name]]);
  if (include.email) claims.push(['email' satisfies ProfileClaim, identity.email]);
  if (include.username) {
    claims.push(['preferred_username' satisfies ProfileClaim, identity.username]);
  }
  return claims;
}
