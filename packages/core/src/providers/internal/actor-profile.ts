import type { ActorProfile } from '../../model/principal.ts';
import { type JsonObject, stringOf } from './claim-readers.ts';

const SERVICE_PROFILES: ReadonlySet<string> = new Set(['service', 'browser_app', 'native_app']);

/**
 * What an `act` is by its entity profile: `sub_profile`, or `client_profile` where there is none. Values
 * are separated by spaces; `ai_agent` among them is an agent, known others are a service, and what
 * is neither (`user`, a value that is not documented) is unknown.
 *
 * For providers that document these claims alone: elsewhere their values are anybody's text.
 * https://datatracker.ietf.org/doc/draft-mcguinness-oauth-actor-profile/
 */
export function entityProfileOf(act: JsonObject): ActorProfile {
  const profile = stringOf(act, 'sub_profile') ?? stringOf(act, 'client_profile');
  const values = profile?.split(' ') ?? [];
  if (values.includes('ai_agent')) return 'agent';
  return values.some((value) => SERVICE_PROFILES.has(value)) ? 'service' : 'unknown';
}
