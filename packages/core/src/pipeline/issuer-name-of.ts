import type { Principal } from '../model/principal.ts';

/**
 * Reads the configured name of a principal's issuer from the principal's key. The key is
 * `<kind>:<name>:<id>`, where name and id are percent-encoded. `undefined` for a key of another form, as a
 * principal made by hand may have.
 */
export function issuerNameOf({ key }: Principal): string | undefined {
  try {
    const name = key.split(':', 2)[1];
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
