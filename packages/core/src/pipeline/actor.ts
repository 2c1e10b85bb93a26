import { ownProperty, ownString } from '../lib/own-property.ts';
import type { Actor, ActorProfile, TokenClaims } from '../model/principal.ts';
import type { StatedActor } from '../providers/provider.ts';

/** At most this many actors are kept, including the outermost one. A longer chain is cut; that is not an error. */
const MAX_ACTORS = 8;

const NOBODY: readonly Actor[] = Object.freeze([]);

/** The actor of a token whose `act` is not an object: somebody acts, but we cannot read who. */
const UNREADABLE: Actor = actorFrom({}, NOBODY, 'unknown');

/**
 * Gives the actor of a verified token: its outermost `act` claim (RFC 8693 §4.1), or `undefined` when the
 * token has no `act`. The result is frozen.
 *
 * - `previous` lists the nested actors, the most recent first, at most seven. Their own `previous` is empty.
 * - An `act` that is not an object (a string, a list), or that has neither `sub` nor `client_id`, gives an
 *   actor without ids. A member that is not a string reads as `undefined`.
 * - `profileOf` reads from the outermost `act` what kind of actor it is, where the provider documents that.
 *
 * It does not throw, whatever `act` is. It does not check whether the actor is allowed to act (the issuer
 * checks `may_act`), and it does not check `act.iss`.
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

/** Makes the actor that a preset found in another claim than `act`. Frozen. */
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
