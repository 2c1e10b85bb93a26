import { isStringList } from '../../lib/json.ts';
import { memoize } from '../../lib/memoize.ts';
import { ownProperty } from '../../lib/own-property.ts';
import type { TokenClaims } from '../../model/principal.ts';

/** A JSON object as it stands in a token; nothing about its members is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** No scopes, roles, permissions or groups: one frozen list for all. */
export const NONE: readonly string[] = Object.freeze([]);

/** RFC 6749 §3.3: printable ASCII without space, `"` and `\`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const SCOPE_TOKENS = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** Whether the claim is there at all, whatever its type. Own properties only. */
export function has(claims: JsonObject, name: string): boolean {
  return Object.hasOwn(claims, name);
}

/** The claim's value; `undefined` when it is absent. Own properties only. */
export function claimOf(claims: JsonObject, name: string): unknown {
  return ownProperty(claims, name);
}

/** The claim, when it is a non-empty string. Never coerced. */
export function stringOf(claims: JsonObject, name: string): string | undefined {
  const value = claimOf(claims, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The claim, when it is a JSON object: not `null`, not a list. */
export function objectOf(claims: JsonObject, name: string): JsonObject | undefined {
  const value = claimOf(claims, name);
  return isObject(value) ? value : undefined;
}

/** The claim, when it is a list of strings; a list with anything else in it yields nothing. */
export function listOf(claims: JsonObject, name: string): readonly string[] {
  const value = claimOf(claims, name);
  return isStringList(value) ? value : NONE;
}

/** The client's id: `client_id` (RFC 9068 §2.2) or `azp`; `undefined` when both are there and differ. */
export function clientIdOf(claims: TokenClaims): string | undefined {
  const clientId = stringOf(claims, 'client_id');
  const authorizedParty = stringOf(claims, 'azp');
  if (clientId === undefined) return has(claims, 'client_id') ? undefined : authorizedParty;
  return authorizedParty === undefined || authorizedParty === clientId ? clientId : undefined;
}

/** The one audience of the token, when there is exactly one. */
export function soleAudienceOf(claims: TokenClaims): string | undefined {
  const audience = claimOf(claims, 'aud');
  if (typeof audience === 'string') return audience === '' ? undefined : audience;
  if (!isStringList(audience) || audience.length !== 1) return undefined;
  return audience[0] === '' ? undefined : audience[0];
}

/**
 * Scopes in a space-delimited string (RFC 8693 §4.2). Empty parts and parts that are not scope
 * tokens (RFC 6749 §3.3) are dropped; an absent claim is no scopes; another type is `undefined`.
 */
export function scopeStringOf(claims: JsonObject, name: string): readonly string[] | undefined {
  if (!has(claims, name)) return NONE;
  const value = claims[name];
  return typeof value === 'string' ? scopeTokens(value) : undefined;
}

// Many tokens have the same scopes, so the parsed lists are kept.
const scopeTokens = memoize(
  (scope): readonly string[] => {
    const parts = scope.split(' ');
    // One test for the whole text, because nearly every token is well-formed.
    return Object.freeze(SCOPE_TOKENS.test(scope) ? parts : parts.filter(isScopeToken));
  },
  { entries: 256, maxLength: 1_024 },
);

/**
 * Scopes in a JSON list. Items that are not scope tokens (RFC 6749 §3.3) are dropped; an absent
 * claim is no scopes; another type, of the claim or of an item, is `undefined`.
 */
export function scopeListOf(claims: JsonObject, name: string): readonly string[] | undefined {
  if (!has(claims, name)) return NONE;
  const value = claims[name];
  return isStringList(value) ? value.filter(isScopeToken) : undefined;
}

/** Scopes in a string or in a list, for providers that can be set to either. */
export function scopesOf(claims: JsonObject, name: string): readonly string[] | undefined {
  return typeof claimOf(claims, name) === 'string'
    ? scopeStringOf(claims, name)
    : scopeListOf(claims, name);
}

/** For providers whose tokens carry no scopes. */
export function noScopes(): readonly string[] {
  return NONE;
}

/** Whether a value is a JSON object: not `null`, not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScopeToken(part: string): boolean {
  return SCOPE_TOKEN.test(part);
}
