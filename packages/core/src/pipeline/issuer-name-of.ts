import type { Principal } from '../model/principal.ts';

/**
 * The configured name of the issuer of a principal, which stands in its key: `<kind>:<name>:<id>`, the
 * last two percent-encoded. `undefined` for a principal that was made by hand with another key.
 */
export function issuerNameOf({ key }: Principal): string | undefined {
  try {
    const name = key.split(':', 2)[1];
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
