import type { Algorithm } from '@authly/core';
import type { ClaimOverrides } from '../token-builder.ts';

/** The kinds of tokens of a provider: of users, of machines, ID tokens, and refresh tokens that are JWTs. */
export type TokenKind = 'user' | 'client' | 'id' | 'refresh';

/** One token of a provider. `iss`, `iat` and `exp` are added; `jti`, `nbf` and `auth_time` renewed. */
export interface TokenShape {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: ClaimOverrides;
}

/** What the tokens of one issuer are made for. */
export interface ShapeNames<Audience extends string | undefined> {
  readonly issuer: string;
  readonly audience: Audience;
}

/** A provider's tokens as it documents them: what `testIssuer({ like })` mints. */
export interface ProviderShape<
  Kind extends TokenKind,
  Audience extends string | undefined = string,
> {
  /** `iss`, unless the test says another. */
  readonly issuer: string;
  /** `aud`, unless the test says another; a function where it follows the issuer; `undefined`: none. */
  readonly audience: Audience | ((issuer: string) => Audience);
  /** What the provider signs with by default. */
  readonly algorithm: Algorithm;
  /** Where the preset fetches the keys, if it does not read the metadata. */
  readonly keysAt?: (issuer: string) => string;
  tokens(names: ShapeNames<Audience>): Readonly<Record<Kind, TokenShape>>;
}
