import type { ActorProfile } from '../../model/principal.ts';
import { type JsonObject, stringOf } from './claim-readers.ts';

const SERVICE_PROFILES: ReadonlySet<string> = new Set(['service', 'browser_app', 'native_app']);

/**
 * What an actor is, by `sub_profile` of its `act`, or by `client_profile` where there is no `sub_profile`. The
 * claim has one value or several, separated by spaces: with `ai_agent` among them it is an agent, with another
 * known software profile a service, and else unknown.
 *
 * Use it only for providers that document these claims: elsewhere anybody may have written their values.
 * https://datatracker.ietf.org/doc/draft-mcguinness-oauth-actor-profile/
 */
export function entityProfileOf(act: JsonObject): ActorProfile {
  const profile = stringOf(act, 'sub_profile') ?? stringOf(act, 'client_profile');
  const values = profile?.split(' ') ?? [];
  if (values.includes('ai_agent')) return 'agent';
  return values.some((value) => SERVICE_PROFILES.has(value)) ? 'service' : 'unknown';
}
