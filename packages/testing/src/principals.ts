import {
  type ClientPrincipal,
  checkOptions,
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
  key: true,
  issuer: true,
  audience: true,
  scopes: true,
  permissions: true,
  roles: true,
  groups: true,
  tenant: true,
  actor: true,
  authentication: true,
  confirmation: true,
  sessionId: true,
  source: true,
  tokenId: true,
  issuedAt: true,
  expiresAt: true,
  claims: true,
  clientId: true,
} as const;
const USER: OptionNames<UserOverrides> = { ...COMMON, userId: true };
const CLIENT: OptionNames<ClientOverrides> = { ...COMMON, subject: true, agent: true };

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
