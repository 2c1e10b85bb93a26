import type {
  Actor,
  ClientPrincipal,
  Principal,
  TokenClaims,
  UserPrincipal,
} from '../../src/model/principal.ts';
import type { Requirement, Unmet } from '../../src/requirement/requirement.ts';
import {
  createScopeHierarchy,
  type ScopeHierarchy,
} from '../../src/requirement/scope-hierarchy.ts';

/** What the clock of {@link context} shows, in seconds since the epoch. */
export const NOW_SEC = 1_750_000_000;

const COMMON = {
  issuer: 'https://as.example',
  audience: ['https://api.example'],
  scopes: [],
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
  issuedAt: undefined,
  expiresAt: NOW_SEC + 300,
  claims: {},
} as const satisfies Partial<Principal>;

/** A user in person who may do nothing, but for what is given. */
export function aUser(given: Partial<UserPrincipal> = {}): UserPrincipal {
  const key = 'user:https%3A%2F%2Fas.example:u-17';
  return { ...COMMON, key, kind: 'user', userId: 'u-17', clientId: 'web-app', ...given };
}

/** A machine that may do nothing, but for what is given. */
export function aClient(given: Partial<ClientPrincipal> = {}): ClientPrincipal {
  const key = 'client:https%3A%2F%2Fas.example:nightly-sync';
  return {
    ...COMMON,
    key,
    kind: 'client',
    clientId: 'nightly-sync',
    subject: undefined,
    agent: false,
    ...given,
  };
}

/** Somebody whom nothing names, but for what is given. */
export function anActor(given: Partial<Actor> = {}): Actor {
  return {
    profile: 'unknown',
    subject: undefined,
    clientId: undefined,
    issuer: undefined,
    previous: [],
    ...given,
  };
}

/** A user whose sign-in is described by `given`. */
export function aUserSignedIn(given: { acr?: string; time?: number }): UserPrincipal {
  return aUser({ authentication: { acr: given.acr, amr: [], time: given.time } });
}

/** A user whose token has these claims. */
export function aUserWith(claims: TokenClaims): UserPrincipal {
  return aUser({ claims });
}

/** EvaluationContext at {@link NOW_SEC} without a scope hierarchy. */
export const context: ScopeHierarchy = createScopeHierarchy({
  clock: { now: () => NOW_SEC * 1000 },
});

/** The answer of the requirement at {@link NOW_SEC}. */
export function evaluate(requirement: Requirement, principal: Principal): Unmet | undefined {
  return requirement.evaluate(principal, context);
}

/** Calls `build` as JavaScript would, past the types. */
export function untyped(build: (...args: never[]) => unknown, ...args: unknown[]): unknown {
  return Reflect.apply(build, undefined, args);
}
