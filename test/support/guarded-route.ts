import { protectedApp } from './apps.ts';
import type { Framework, Kit, Middleware } from './frameworks.ts';
import { send } from './requests.ts';
import { aClientToken, aUserToken } from './tokens.ts';

/** Claims beside those of a good token. */
export type Claims = Readonly<Record<string, unknown>>;

/** A guard of the adapter under test. */
export type Guard = (kit: Kit) => Middleware;

/** Sends a caller of a kind, with these claims, to a route with this guard. */
export function call(
  framework: Framework,
  guard: Guard,
  kind: 'user' | 'client',
  claims: Claims,
): ReturnType<typeof send> {
  const token = kind === 'user' ? aUserToken(claims) : aClientToken(claims);
  return send(protectedApp(framework, { guards: [guard(framework.kit)] }), { token });
}
