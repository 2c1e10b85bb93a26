import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Actor } from '../model/principal.ts';
import { optionalNameArguments, refuseUndefined, show } from './arguments.ts';
import { describeNames } from './describe.ts';
import { NO_SCOPES, type Requirement, type Unmet } from './requirement.ts';

const USER_REQUIRED: Unmet = Object.freeze({ reason: 'user_required' });
const CLIENT_REQUIRED: Unmet = Object.freeze({ reason: 'client_required' });
const CLIENT_NOT_LISTED: Unmet = Object.freeze({ reason: 'client_not_listed' });
const ACTOR_REQUIRED: Unmet = Object.freeze({ reason: 'actor_required' });
const ACTOR_NOT_ALLOWED: Unmet = Object.freeze({ reason: 'actor_not_allowed' });

/**
 * Which callers: no argument means any, otherwise ids or one list of ids. The list must not be empty. Give a list as
 * it is, not spread, so that an empty list from configuration cannot mean "any".
 */
export type CallerIds =
  | readonly []
  | readonly [first: string, ...more: string[]]
  | readonly [ids: readonly string[]];

/** Options of {@link user}. */
export interface UserOptions {
  /**
   * Whether somebody may act for the user (`act`, RFC 8693 §4.1): `'allow'` (default): anybody; `'refuse'`:
   * nobody; a list: only these actors, by `sub` or `client_id`. A user in person always passes; to demand an
   * actor add {@link actor}. An `act` that cannot be read also counts as an actor, and passes only with
   * `'allow'`.
   */
  readonly viaActor?: 'allow' | 'refuse' | readonly string[];
}

const OPTIONS: OptionNames<UserOptions> = { viaActor: true };

/**
 * A user, not a machine. Unmet: `user_required` for a client, `actor_not_allowed` for an actor that
 * `viaActor` refuses.
 *
 * Only the outermost actor decides; earlier ones have no effect. The issuer states an actor in `act`. The
 * client that the user signed in with is not an actor: see `clientId`.
 *
 * @throws ConfigurationError for options that it does not know.
 */
export function user(options: UserOptions = {}): Requirement {
  checkOptions('user()', options, OPTIONS, "user({ viaActor: 'refuse' })");
  refuseUndefined('user', options);
  const allowed = allowedActors(options.viaActor);
  return Object.freeze<Requirement>({
    description: describeUser(allowed),
    scopes: NO_SCOPES,
    evaluate(principal) {
      if (principal.kind !== 'user') return USER_REQUIRED;
      if (principal.actor === undefined || allowed === undefined) return undefined;
      return isListed(principal.actor, allowed) ? undefined : ACTOR_NOT_ALLOWED;
    },
  });
}

/**
 * A machine in its own name; with ids, one of these clients, by the client id that the issuer
 * states. Unmet: `client_required` for a user (also one who calls through such a client),
 * `client_not_listed` for another client.
 *
 * Only the id is compared, not its issuer: two accepted issuers may have given the same id. `client()` allows
 * every client. Give a list from configuration as a list: `client(ids)`.
 *
 * @throws ConfigurationError for an id that is not a non-empty string, and for an empty list.
 */
export function client(...ids: CallerIds): Requirement {
  const listed = callerIds('client', "'nightly-sync'", ids);
  return Object.freeze<Requirement>({
    description: listed.length === 0 ? 'client' : describeNames('client', listed, 'or'),
    scopes: NO_SCOPES,
    evaluate(principal) {
      if (principal.kind !== 'client') return CLIENT_REQUIRED;
      return listed.length === 0 || listed.includes(principal.clientId)
        ? undefined
        : CLIENT_NOT_LISTED;
    },
  });
}

/**
 * Somebody acts for the subject (`act`, RFC 8693 §4.1), be that a user or a client; with ids, one
 * of these actors, by `sub` or `client_id`. Only the outermost actor decides. Unmet:
 * `actor_required`. `actor()` allows any actor. Give a list from configuration as a list: `actor(ids)`.
 *
 * **An id says nothing of the actor's kind.** Where the issuer writes `act: { sub }` for users and clients
 * alike (Spring and most others), `actor('gateway')` passes for a *user* named `gateway` who acts. Use ids that
 * no user can have. Not checked: the actor's issuer and `actor.profile`.
 *
 * @throws ConfigurationError for an id that is not a non-empty string, and for an empty list.
 */
export function actor(...ids: CallerIds): Requirement {
  const listed = callerIds('actor', "'support-agent'", ids);
  return Object.freeze<Requirement>({
    description: listed.length === 0 ? 'actor' : describeNames('actor', listed, 'or'),
    scopes: NO_SCOPES,
    evaluate(principal) {
      if (principal.actor === undefined) return ACTOR_REQUIRED;
      return listed.length === 0 || isListed(principal.actor, listed) ? undefined : ACTOR_REQUIRED;
    },
  });
}

/** The ids of a call, be they given one by one or as a list; empty for any. */
function callerIds(call: string, example: string, ids: CallerIds): readonly string[] {
  const [first] = ids;
  if (!isList(first) || ids.length > 1) {
    return optionalNameArguments(`${call}()`, `${call}(${example})`, ids);
  }
  if (first.length === 0) {
    throw new ConfigurationError(
      `${call}() was given an empty list, which must not mean any ${call}: write ${call}([${example}]), or ${call}() for any`,
    );
  }
  return optionalNameArguments(`${call}()`, `${call}([${example}])`, first);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The actors that may act for a user; `undefined` for anybody, empty for nobody. */
function allowedActors(viaActor: unknown): readonly string[] | undefined {
  if (viaActor === undefined || viaActor === 'allow') return undefined;
  if (viaActor === 'refuse') return NO_SCOPES;
  if (Array.isArray(viaActor) && viaActor.length > 0) {
    return optionalNameArguments(
      'user(): viaActor',
      "user({ viaActor: ['support-agent'] })",
      viaActor,
    );
  }
  const line = typeof viaActor === 'string' ? `['${viaActor}']` : "'refuse'";
  throw new ConfigurationError(
    `user(): viaActor must be 'allow', 'refuse' or a list of actors, not ${show(viaActor)}: write user({ viaActor: ${line} })`,
  );
}

function isListed(actor: Actor, ids: readonly string[]): boolean {
  if (actor.subject !== undefined && ids.includes(actor.subject)) return true;
  return actor.clientId !== undefined && ids.includes(actor.clientId);
}

function describeUser(allowed: readonly string[] | undefined): string {
  if (allowed === undefined) return 'user';
  if (allowed.length === 0) return 'user in person';
  return `user in person or through ${describeNames('actor', allowed, 'or')}`;
}
