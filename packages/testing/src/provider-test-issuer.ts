import { randomBytes, randomUUID } from 'node:crypto';
import {
  type Algorithm,
  type Clock,
  ConfigurationError,
  checkOptions,
  type JsonWebKeySet,
  type OptionNames,
  systemClock,
} from '@authly/core';
import { type Outage, providerFetch } from './provider-endpoints.ts';
import type { ProviderShape, TokenKind, TokenShape } from './shapes/provider-shape.ts';
import { PROVIDER_SHAPES, type ProviderShapes } from './shapes/provider-shapes.ts';
import { cachedTestKey, generateTestKey, type TestKey } from './test-key.ts';
import {
  type ClaimOverrides,
  type TokenBuilder,
  type TokenSource,
  tokenBuilder,
} from './token-builder.ts';

/** The name of a preset, as `@authly/core/providers` exports it. */
export type LikePreset = keyof ProviderShapes;

type KindsOf<Like extends LikePreset> =
  ProviderShapes[Like] extends ProviderShape<infer Kind, infer _Audience> ? Kind : never;

type AudienceOf<Like extends LikePreset> =
  ProviderShapes[Like] extends ProviderShape<infer _Kind, infer Audience> ? Audience : never;

/** `undefined` where the provider issues no such tokens. */
type Minted<Like extends LikePreset, Kind extends TokenKind, Mint> = Like extends LikePreset
  ? Kind extends KindsOf<Like>
    ? Mint
    : undefined
  : never;

/** Options of a test issuer that is like a provider. */
export interface ProviderTestIssuerOptions<Like extends LikePreset> {
  /** The name of the preset whose provider it imitates: `auth0`. */
  readonly like: Like;
  /**
   * `iss` of its tokens, the same as in the API's preset. Default: an example in the provider's form. Claims
   * that the preset compares with the issuer follow it, such as `tid` of Entra ID.
   */
  readonly issuer?: string;
  /** What `aud` names. Default: an example. `undefined` for providers whose tokens need none. */
  readonly audience?: AudienceOf<Like>;
  /** Claims of every user's token, such as those that `classify` or `clientIds` of your preset look for. */
  readonly userClaims?: ClaimOverrides;
  /** Claims of every machine's token. */
  readonly clientClaims?: ClaimOverrides;
  /** What it signs with. Default: what the provider signs with. */
  readonly algorithm?: Algorithm;
  /** Where its keys are: for a preset that is configured with `jwksUri` or another address. */
  readonly jwksUri?: string;
  /** The time. Default: the machine's. Give the resource server the same. */
  readonly clock?: Clock;
}

/**
 * Mints tokens in the form that the provider documents, and answers the requests of its preset. It has nothing
 * else of the provider: no token endpoint, no login.
 */
export interface ProviderTestIssuer<Like extends LikePreset> {
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** What `aud` of its tokens names; `undefined` where they need none. */
  readonly audience: AudienceOf<Like>;
  /** The public keys that it publishes now. */
  readonly jwks: JsonWebKeySet;
  /** The keys that it publishes now, the newest first. */
  readonly keys: readonly TestKey[];
  /**
   * For the preset: `auth0({ domain, fetch: issuer.fetch })`. It answers the provider's metadata and keys, and
   * rejects everything else, so that no test reaches the network.
   */
  readonly fetch: typeof globalThis.fetch;
  /** A user's token, as the preset accepts it. `undefined` where the provider has no users. */
  readonly aUserToken: Minted<Like, 'user', TokenBuilder>;
  /** A machine's token, as the preset accepts it. `undefined` where the provider has no machines. */
  readonly aClientToken: Minted<Like, 'client', TokenBuilder>;
  /**
   * An ID token, which an API refuses. `undefined` where there is none, or where ID tokens are what the preset
   * accepts (Firebase, Google).
   */
  readonly aIdToken: Minted<Like, 'id', TokenBuilder>;
  /**
   * A refresh token, which an API refuses: opaque, or in the form of a JWT where the provider's are. It is
   * signed by this issuer's key even where its header names the provider's secret. `undefined` where the
   * provider has no users.
   */
  readonly aRefreshToken: Minted<Like, 'user', () => string>;
  /** Publishes a new key beside the others, and signs with it from now on. */
  rotate(): TestKey;
  /**
   * Stops publishing a key. The newest key continues to sign, even if it is this one. Throws
   * `ConfigurationError` for a `kid` that is not published.
   */
  withdraw(kid: string): void;
  /**
   * From now on `fetch` fails: at once (`refused`), only when it is aborted (`hang`), or with the answer 500.
   * The returned function ends the outage, unless a later one has replaced it.
   */
  outage(kind: Outage): () => void;
}

const OPTIONS: OptionNames<ProviderTestIssuerOptions<LikePreset>> = {
  like: true,
  issuer: true,
  audience: true,
  userClaims: true,
  clientClaims: true,
  algorithm: true,
  jwksUri: true,
  clock: true,
};

/** A shape of any provider. */
interface SomeShape extends Omit<ProviderShape<never, string | undefined>, 'tokens'> {
  tokens(names: {
    readonly issuer: string;
    readonly audience: string | undefined;
  }): Partial<Readonly<Record<TokenKind, TokenShape>>>;
}

/** `testIssuer({ like })`. */
export function providerTestIssuer(
  options: ProviderTestIssuerOptions<LikePreset>,
): ProviderTestIssuer<LikePreset> {
  const { like, clock = systemClock } = checkOptions('testIssuer()', options, OPTIONS);
  const shape = shapeOf(like);
  const { issuer = shape.issuer, algorithm = shape.algorithm } = options;
  const audience = audienceOf(shape, issuer, options);
  const ring = keyRing(issuer, algorithm);
  let current: { readonly kind: Outage } | undefined;
  const source: TokenSource = {
    clock,
    keys: () => [ring.signer(), ...ring.published()],
    keyOption: (name) => `like: '${like}', algorithm: '${name}'`,
  };
  const shapes = shape.tokens({ issuer, audience });
  const builder = (token: TokenShape | undefined, claims?: ClaimOverrides) =>
    token && shapedTokenBuilder(source, token, { iss: issuer }, claims);
  const refresh = builder(shapes.refresh) ?? opaqueToken;
  const jwks = () => ({ keys: ring.published().map(({ publicJwk }) => publicJwk) });
  const jwksUri =
    options.jwksUri ??
    shape.keysAt?.(issuer) ??
    `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  return Object.freeze({
    issuer,
    audience,
    get jwks() {
      return jwks();
    },
    get keys() {
      return ring.published();
    },
    fetch: providerFetch({ issuer, jwksUri, jwks, outage: () => current?.kind }),
    aUserToken: builder(shapes.user, options.userClaims),
    aClientToken: builder(shapes.client, options.clientClaims),
    aIdToken: builder(shapes.id),
    aRefreshToken: shapes.user && (() => refresh()),
    rotate: ring.rotate,
    withdraw: ring.withdraw,
    outage(kind: Outage) {
      const begun = { kind };
      current = begun;
      return () => {
        if (current === begun) current = undefined;
      };
    },
  });
}

function shapeOf(like: LikePreset): SomeShape {
  if (Object.hasOwn(PROVIDER_SHAPES, like)) return PROVIDER_SHAPES[like];
  const names = Object.keys(PROVIDER_SHAPES).join(', ');
  throw new ConfigurationError(
    `testIssuer: like is not a preset; write testIssuer({ like: 'auth0' }), or one of ${names}`,
  );
}

function audienceOf(
  shape: SomeShape,
  issuer: string,
  { like, audience }: ProviderTestIssuerOptions<LikePreset>,
): string | undefined {
  const own = typeof shape.audience === 'function' ? shape.audience(issuer) : shape.audience;
  if (own !== undefined || audience === undefined) return audience ?? own;
  throw new ConfigurationError(
    `testIssuer: tokens of ${like} are not for an audience; write testIssuer({ like: '${like}' })`,
  );
}

/** The documented token with an id, times and overrides of its own. */
function shapedTokenBuilder(
  source: TokenSource,
  { header, claims }: TokenShape,
  issuer: ClaimOverrides,
  always: ClaimOverrides = {},
): TokenBuilder {
  return tokenBuilder(source, (_overrides, nowSec) => ({
    header,
    claims: { ...issuer, ...claims, ...renewed(claims, nowSec), ...always },
  }));
}

const SIGNED_IN_AGO_SEC = 60;

/**
 * The claims that differ from token to token. In `jti` the part before the last colon is kept, because it says
 * the kind.
 */
function renewed(claims: ClaimOverrides, nowSec: number): ClaimOverrides {
  const { jti, auth_time: signedIn, nbf } = claims;
  return {
    ...(typeof jti === 'string' && {
      jti: `${jti.slice(0, jti.lastIndexOf(':') + 1)}${randomUUID()}`,
    }),
    ...(signedIn !== undefined && { auth_time: nowSec - SIGNED_IN_AGO_SEC }),
    ...(nbf !== undefined && { nbf: nowSec }),
  };
}

function opaqueToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The keys of one issuer, the newest first. */
function keyRing(issuer: string, algorithm: Algorithm) {
  let signer = cachedTestKey(issuer, algorithm);
  let published: readonly TestKey[] = Object.freeze([signer]);
  let made = 1;
  return {
    signer: () => signer,
    published: () => published,
    rotate(): TestKey {
      made += 1;
      signer = generateTestKey(algorithm, `test-${algorithm}-${made}`);
      published = Object.freeze([signer, ...published]);
      return signer;
    },
    withdraw(kid: string): void {
      const left = published.filter((key) => key.kid !== kid);
      if (left.length === published.length) {
        throw new ConfigurationError(
          'This issuer publishes no such key; write issuer.withdraw(issuer.keys[0].kid)',
        );
      }
      published = Object.freeze(left);
    },
  };
}
