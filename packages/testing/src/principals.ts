import {
  type ClientPrincipal,
  checkOptions,
  mustBe,
  type OptionNames,
  type RegisteredClaims,
  systemClock,
  type UserPrincipal,
} from '@authly/core';
import { DEFAULT_CLIENT_ID } from './token-builder.ts';

/** What a test says about a user; the rest has defaults. */
export type UserOverrides = Partial<Omit<UserPrincipal, 'kind'>>;

/** What a test says about a client; the rest has defaults. */
export type ClientOverrides = Partial<Omit<ClientPrincipal, 'kind'>>;

const COMMON = {
  key: mustBe.aText("key: 'user:acme:17'"),
  issuer: mustBe.aText("issuer: 'https://auth.acme.com'"),
  audience: mustBe.listOfTexts("audience: ['https://api.acme.com']"),
  scopes: mustBe.listOfTexts("scopes: ['read:orders']"),
  permissions: mustBe.listOfTexts("permissions: ['read:orders']"),
  roles: mustBe.listOfTexts("roles: ['admin']"),
  groups: mustBe.listOfTexts("groups: ['staff']"),
  tenant: mustBe.aText("tenant: 'acme'"),
  actor: mustBe.anObject("actor: { subject: 'gateway', profile: 'service' }"),
  authentication: mustBe.anObject("authentication: { acr: 'phr', amr: [], time: 1_800_000_000 }"),
  confirmation: mustBe.anObject("confirmation: { jkt: '…' }"),
  sessionId: mustBe.aText("sessionId: 's1'"),
  source: mustBe.oneOf(['jwt', 'introspection'], "source: 'jwt'"),
  tokenId: mustBe.aText("tokenId: 't1'"),
  issuedAt: mustBe.aNumber('issuedAt: 1_800_000_000'),
  expiresAt: mustBe.aNumber('expiresAt: 1_800_000_600'),
  claims: mustBe.anObject("claims: { plan: 'pro' }"),
  clientId: mustBe.aText("clientId: 'web-app'"),
} as const;
const USER: OptionNames<UserOverrides> = {
  ...COMMON,
  userId: mustBe.aText("userId: 'u-17'"),
};
const CLIENT: OptionNames<ClientOverrides> = {
  ...COMMON,
  subject: mustBe.aText("subject: 'nightly-sync'"),
  agent: mustBe.trueOrFalse('agent: true'),
};

const DEFAULT_LIFETIME_SEC = 600;

/**
 * A user, for unit tests of code that takes a principal: `aUser({ userId: 'u-17', scopes: ['read:orders'] })`.
 * `key` follows `issuer` and `userId`. `claims` are the standard ones of such a token unless given; they are
 * not validated by a claims schema. Throws `ConfigurationError` for a member that a user does not have.
 */
export function aUser(overrides: UserOverrides = {}): UserPrincipal {
  const { userId = 'user-1', ...others } = checkOptions('aUser()', overrides, USER);
  const { clientId, ...common } = others;
  return Object.freeze({
    ...parts('user', userId, common),
    kind: 'user',
    userId,
    // `clientId: undefined` is kept: a user's client may be unknown.
    clientId: 'clientId' in others ? clientId : 'web-app',
  });
}

/**
 * A machine, for unit tests of code that takes a principal: `aClient({ clientId: 'nightly-sync' })`. `key`
 * follows `issuer` and `clientId`, and so does `subject`. Otherwise as `aUser`.
 */
export function aClient(overrides: ClientOverrides = {}): ClientPrincipal {
  const { clientId = DEFAULT_CLIENT_ID, ...others } = checkOptions('aClient()', overrides, CLIENT);
  const { subject, agent = false, ...common } = others;
  return Object.freeze({
    ...parts('client', clientId, common),
    kind: 'client',
    clientId,
    agent,
    subject: 'subject' in overrides ? subject : clientId,
  });
}

type Common = Omit<ClientOverrides, 'clientId' | 'subject' | 'agent'>;

function parts(kind: 'user' | 'client', id: string, given: Common) {
  const now = Math.floor(systemClock.now() / 1000);
  const { issuer = 'https://issuer.test', audience = ['https://api.test'], scopes = [] } = given;
  const { issuedAt = now, expiresAt = now + DEFAULT_LIFETIME_SEC } = given;
  const claims = { iss: issuer, sub: id, aud: audience, iat: issuedAt, exp: expiresAt };
  return {
    key: `${kind}:${encodeURIComponent(issuer)}:${encodeURIComponent(id)}`,
    permissions: [],
    roles: [],
    groups: [],
    tenant: undefined,
    actor: undefined,
    authentication: { acr: undefined, amr: [], time: undefined },
    confirmation: undefined,
    sessionId: undefined,
    source: 'jwt',
    tokenId: undefined,
    // The type of registered claims is the application's, which gives its own where a test needs them.
    claims: (scopes.length === 0
      ? claims
      : { ...claims, scope: scopes.join(' ') }) as RegisteredClaims,
    ...given,
    issuer,
    audience,
    scopes,
    issuedAt,
    expiresAt,
  } as const;
}
