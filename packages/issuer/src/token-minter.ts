import { randomUUID } from 'node:crypto';
import {
  type Clock,
  checkOptions,
  mustBe,
  type OptionNames,
  type StandardSchemaV1,
} from '@authly/core';
import { CompactSign } from 'jose';
import { type AccessTokenClaims, SUBJECT_TYPE_CLAIM } from './access-token-claims.ts';
import type { CustomClaims } from './claims-input.ts';
import { type ClaimEntry, customClaims } from './custom-claims.ts';
import type { IssuerEventListener } from './events.ts';
import { type Identity, type IncludedProfile, profileClaims } from './identity.ts';
import { IssuanceError } from './issuance-error.ts';
import { type IssuedToken, issuedToken } from './issued-token.ts';
import { isLifetime } from './lifetime.ts';
import { isScope } from './scope.ts';
import type { SigningKeys } from './signing-key.ts';
import { isClientId, userSubject } from './subject.ts';

/** What every token is minted from. */
export interface TokenGrant {
  /** The client that gets the token, registered or not: it is not looked up. */
  readonly clientId: string;
  /** The API or APIs that the token is for. */
  readonly audience: string | readonly string[];
  /** Granted scopes; none by default. Nothing is compared with what the client may have. */
  readonly scopes?: readonly string[];
  /** How long the token lives, in seconds, 1 to 86400. Default: the issuer's. */
  readonly expiresInSec?: number;
}

/** How and when a user signed in (RFC 9068 §2.2.1). */
export interface UserAuthentication {
  /** Authentication context class: `acr`. */
  readonly acr?: string;
  /** Authentication methods: `amr`. */
  readonly amr?: readonly string[];
  /** Seconds since the epoch: `auth_time`. */
  readonly time?: number;
}

/** What a user's token is minted from, in addition to custom claims. */
export interface UserGrant extends TokenGrant {
  readonly identity: Identity;
  /** Which members of the identity go into the token, in addition to the subject. Default: none. */
  readonly include?: IncludedProfile;
  readonly authentication?: UserAuthentication;
}

/** What a minter is made from. */
export interface TokenMinterOptions {
  readonly issuer: string;
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly accessTokenLifetimeSec: number;
  readonly claims: StandardSchemaV1 | undefined;
  readonly report: IssuerEventListener;
  /** Makes a `jti`. */
  readonly newTokenId?: () => string;
}

/** Mints access tokens: checks its input, validates the claims, signs. Does not decide who may get a token. */
export interface TokenMinter {
  user(grant: UserGrant & { readonly claims?: CustomClaims }): Promise<IssuedToken>;
  client(grant: TokenGrant & { readonly claims?: CustomClaims }): Promise<IssuedToken>;
}

const CLIENT_MEMBERS: OptionNames<TokenGrant & { readonly claims?: CustomClaims }> = {
  clientId: true,
  audience: mustBe.fitting(
    'a text, or a list of texts',
    "audience: 'https://api.acme.com'",
    (value) => typeof value === 'string' || Array.isArray(value),
  ),
  scopes: mustBe.listOfTexts("scopes: ['read:users']"),
  expiresInSec: true,
  claims: mustBe.anObject("claims: { plan: 'pro' }"),
};

const USER_MEMBERS: OptionNames<UserGrant & { readonly claims?: CustomClaims }> = {
  ...CLIENT_MEMBERS,
  identity: mustBe.anObject("identity: { provider: 'acme', externalId: '17' }"),
  include: mustBe.anObject('include: { email: true }'),
  authentication: true,
};

const AUTHENTICATION_MEMBERS: OptionNames<UserAuthentication> = {
  acr: true,
  amr: mustBe.aList("amr: ['pwd', 'otp']"),
  time: true,
};

const USER_LINE =
  "userToken({ identity: { provider: 'acme', externalId: '17' }, clientId: 'web-app', audience: 'https://api.acme.com', scopes: ['read:users'] })";
const CLIENT_LINE =
  "clientToken({ clientId: 'nightly-sync', audience: 'https://api.acme.com', scopes: ['read:users'] })";

/** Resource servers refuse larger tokens, and Node's HTTP server larger headers. */
const MAX_TOKEN_BYTES = 16 * 1024;

/** A {@link TokenMinter} for one issuer. */
export function createTokenMinter(options: TokenMinterOptions): TokenMinter {
  const { issuer, keys, clock, accessTokenLifetimeSec, claims: schema, report } = options;
  const newTokenId = options.newTokenId ?? randomUUID;

  async function mint(
    subject: { readonly kind: 'user' | 'client'; readonly sub: string },
    grant: TokenGrant,
    entries: readonly ClaimEntry[],
    authentication: UserAuthentication = {},
  ): Promise<IssuedToken> {
    const custom = customClaims(entries);
    const facts = checkGrant(grant, accessTokenLifetimeSec);
    const issuedAt = Math.floor(clock.now() / 1000);
    const claims = {
      iss: issuer,
      sub: subject.sub,
      aud: oneOrList(facts.audience),
      client_id: grant.clientId,
      iat: issuedAt,
      exp: issuedAt + facts.expiresInSec,
      jti: tokenIdFrom(newTokenId),
      ...(facts.scopes.length > 0 && { scope: facts.scopes.join(' ') }),
      [SUBJECT_TYPE_CLAIM]: subject.kind,
      ...authenticationClaims(authentication),
      ...custom,
    } satisfies Partial<AccessTokenClaims>;
    const payload = JSON.stringify(claims);
    // The claims in the form in which a resource server will read them, so that both validate the same.
    if (schema !== undefined) await validate(schema, JSON.parse(payload));
    const accessToken = await new CompactSign(new TextEncoder().encode(payload))
      .setProtectedHeader({ typ: 'at+jwt', alg: keys.algorithm, kid: keys.kid })
      .sign(keys.privateKey);
    if (accessToken.length > MAX_TOKEN_BYTES) throw new IssuanceError('token_too_large');
    const token = issuedToken(accessToken, {
      ...facts,
      tokenId: claims.jti,
      issuedAt,
      expiresAt: claims.exp,
    });
    const { tokenId, audience, scopes, expiresAt } = token;
    const { kind } = subject;
    report({
      type: 'token.issued',
      kind,
      clientId: grant.clientId,
      tokenId,
      audience,
      scopes,
      expiresAt,
    });
    return token;
  }

  return {
    async user(request) {
      const {
        identity,
        include,
        authentication,
        claims = {},
        ...grant
      } = checkOptions('userToken()', request, USER_MEMBERS, USER_LINE);
      const sub = userSubject(identity.provider, identity.externalId);
      const entries = [...profileClaims(identity, include), ...Object.entries(claims)];
      return mint({ kind: 'user', sub }, grant, entries, authentication);
    },
    async client(request) {
      const { claims = {}, ...grant } = checkOptions(
        'clientToken()',
        request,
        CLIENT_MEMBERS,
        CLIENT_LINE,
      );
      return mint({ kind: 'client', sub: grant.clientId }, grant, Object.entries(claims));
    },
  };
}

function tokenIdFrom(newTokenId: () => unknown): string {
  const tokenId = newTokenId();
  if (typeof tokenId === 'string' && tokenId !== '') return tokenId;
  // The result may be a promise, whose rejection must be handled.
  Promise.resolve(tokenId).catch(() => {});
  throw new IssuanceError('token_id_invalid');
}

function checkGrant(
  grant: TokenGrant,
  defaultLifetimeSec: number,
): Pick<IssuedToken, 'audience' | 'scopes' | 'expiresInSec'> {
  const { clientId, scopes = [], expiresInSec = defaultLifetimeSec } = grant;
  const audience = [
    ...new Set(typeof grant.audience === 'string' ? [grant.audience] : grant.audience),
  ];
  if (!isClientId(clientId)) throw new IssuanceError('client_id_invalid');
  if (audience.length === 0 || !audience.every((item) => typeof item === 'string' && item !== '')) {
    throw new IssuanceError('audience_invalid');
  }
  if (!scopes.every(isScope)) throw new IssuanceError('scope_invalid');
  if (!isLifetime(expiresInSec)) throw new IssuanceError('lifetime_invalid');
  return {
    audience: Object.freeze(audience),
    scopes: Object.freeze([...new Set(scopes)]),
    expiresInSec,
  };
}

/** RFC 7519 §4.1.3: a single audience may be a string instead of a list, and more servers understand that. */
function oneOrList(audience: readonly string[]): string | readonly string[] {
  const [first] = audience;
  return first !== undefined && audience.length === 1 ? first : audience;
}

function authenticationClaims(authentication: UserAuthentication): Record<string, unknown> {
  const { acr, amr, time } = checkOptions('authentication', authentication, AUTHENTICATION_MEMBERS);
  const valid =
    (acr === undefined || typeof acr === 'string') &&
    (amr === undefined || amr.every((method) => typeof method === 'string')) &&
    (time === undefined || (Number.isInteger(time) && time >= 0));
  if (!valid) throw new IssuanceError('authentication_invalid');
  return {
    ...(acr !== undefined && { acr }),
    ...(amr !== undefined && { amr }),
    ...(time !== undefined && { auth_time: time }),
  };
}

async function validate(schema: StandardSchemaV1, claims: unknown): Promise<void> {
  const result = await schema['~standard'].validate(claims);
  if (result.issues === undefined) return;
  // Only the paths, because a message of the schema may quote a value.
  const paths = result.issues.map(({ path = [] }) =>
    path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.'),
  );
  throw new IssuanceError('claims_rejected', [...new Set(paths.filter((path) => path !== ''))]);
}
