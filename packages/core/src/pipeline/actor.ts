import { ownProperty, ownString } from '../lib/own-property.ts';
import type { Actor, ActorProfile, TokenClaims } from '../model/principal.ts';
import type { StatedActor } from '../providers/provider.ts';

/** How many actors are kept, the outermost included: longer chains are cut, none is an error. */
const MAX_ACTORS = 8;

const NOBODY: readonly Actor[] = Object.freeze([]);

/** Somebody acts, and the token does not say who in a form that can be read. */
const UNREADABLE: Actor = actorFrom({}, NOBODY, 'unknown');

/**
 * Who acts for the subject of a verified token: its outermost `act` (RFC 8693 §4.1), or `undefined`
 * when there is none. The actors nested in it are flattened into `previous`, the most recent first,
 * at most seven of them; theirs is empty. Frozen. Never throws, whatever `act` holds: a value that
 * is not an object, such as a text or a list, is an actor whom nothing names, and so is an `act`
 * without `sub` and `client_id`. Members of another type than string read as `undefined`.
 * `profileOf` is the provider's documented mark of what the outermost actor is.
 *
 * It does not check that the actor may act (`may_act` is the issuer's business), nor `act.iss`.
 */
export function actorOf(
  claims: TokenClaims,
  profileOf?: (act: Readonly<Record<string, unknown>>) => ActorProfile,
): Actor | undefined {
  const outermost: unknown = ownProperty(claims, 'act');
  if (outermost === undefined) return undefined;
  if (!isObject(outermost)) return UNREADABLE;
  const previous: Actor[] = [];
  let nested: unknown = ownProperty(outermost, 'act');
  while (isObject(nested) && previous.length < MAX_ACTORS - 1) {
    previous.push(actorFrom(nested, NOBODY, 'unknown'));
    nested = ownProperty(nested, 'act');
  }
  return actorFrom(
    outermost,
    previous.length === 0 ? NOBODY : Object.freeze(previous),
    profileOf?.(outermost) ?? 'unknown',
  );
}

/** The actor that a preset found elsewhere than in `act`. Frozen. */
export function statedActor({ clientId, profile }: StatedActor): Actor {
  return actorFrom({ client_id: clientId }, NOBODY, profile);
}

function actorFrom(act: object, previous: readonly Actor[], profile: ActorProfile): Actor {
  return Object.freeze({
    profile,
    subject: ownString(act, 'sub'),
    clientId: ownString(act, 'client_id'),
    issuer: ownString(act, 'iss'),
    previous,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
