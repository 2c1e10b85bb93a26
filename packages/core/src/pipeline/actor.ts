import { ownProperty, ownString } from '../lib/own-property.ts';
import type { Actor, TokenClaims } from '../model/principal.ts';

/** How many actors are kept, the outermost included: longer chains are cut, none is an error. */
const MAX_ACTORS = 8;

const NOBODY: readonly Actor[] = Object.freeze([]);

/**
 * Who acts for the subject of a verified token: its outermost `act` (RFC 8693 §4.1), or `undefined`
 * when there is none. The actors nested in it are flattened into `previous`, the most recent first,
 * at most seven of them; theirs is empty. Frozen. Never throws, whatever `act` holds: a value that
 * is not an object, such as a string, is no actor. An `act` without `sub` and `client_id` is one
 * that nobody can name. Members of another type than string read as `undefined`.
 *
 * It does not check that the actor may act (`may_act` is the issuer's business), nor `act.iss`.
 */
export function actorOf(claims: TokenClaims): Actor | undefined {
  const outermost: unknown = ownProperty(claims, 'act');
  if (!isObject(outermost)) return undefined;
  const previous: Actor[] = [];
  let nested: unknown = ownProperty(outermost, 'act');
  while (isObject(nested) && previous.length < MAX_ACTORS - 1) {
    previous.push(actorFrom(nested, NOBODY));
    nested = ownProperty(nested, 'act');
  }
  return actorFrom(outermost, previous.length === 0 ? NOBODY : Object.freeze(previous));
}

function actorFrom(act: object, previous: readonly Actor[]): Actor {
  return Object.freeze({
    subject: ownString(act, 'sub'),
    clientId: ownString(act, 'client_id'),
    issuer: ownString(act, 'iss'),
    previous,
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
