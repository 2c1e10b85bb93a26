import { SCOPE } from '../tokens/realistic-token.ts';

/** The scope check that an API must write itself if its library has none. */
export function holdsScope(claims: unknown): boolean {
  if (typeof claims !== 'object' || claims === null || !('scope' in claims)) return false;
  return typeof claims.scope === 'string' && claims.scope.split(' ').includes(SCOPE);
}
