import type { StandardSchemaV1 } from '@authly/core';
import type { ProfileClaim } from './identity.ts';
import type { ReservedClaim } from './reserved-claims.ts';

/**
 * Custom claims of a token, flat at its top level. Values must be JSON; `undefined` is left out.
 */
export type CustomClaims = Readonly<Record<string, unknown>>;

/**
 * What a claims schema asks the issuer's caller for: the schema's input without the claims that the
 * issuer sets itself. Without a schema, any custom claims.
 */
export type ClaimsInput<Schema extends StandardSchemaV1 | undefined> =
  Schema extends StandardSchemaV1
    ? WithoutReserved<StandardSchemaV1.InferInput<Schema>>
    : CustomClaims;

/** As {@link ClaimsInput}; profile claims are optional, since `include` may bring them. */
export type UserClaimsInput<Schema extends StandardSchemaV1 | undefined> =
  Schema extends StandardSchemaV1 ? WithOptionalProfile<ClaimsInput<Schema>> : CustomClaims;

/** A `claims` member that is optional if and only if no claim is required. */
export type ClaimsMember<Claims> =
  Record<never, never> extends Claims ? { readonly claims?: Claims } : { readonly claims: Claims };

// Key remapping instead of Omit: of a type with an index signature, Omit would lose the named
// members.
type WithoutReserved<Input> = {
  readonly [Claim in keyof Input as Claim extends ReservedClaim ? never : Claim]: Input[Claim];
};

type WithOptionalProfile<Input> = {
  readonly [Claim in keyof Input as Claim extends ProfileClaim ? never : Claim]: Input[Claim];
} & {
  readonly [Claim in keyof Input as Claim extends ProfileClaim ? Claim : never]?: Input[Claim];
};
