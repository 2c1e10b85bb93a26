import type { Principal } from '../model/principal.ts';
import type { Scheme } from '../model/scheme.ts';

/** The schemes of a server that knows nothing of DPoP. */
export const BEARER_ALONE: readonly Scheme[] = Object.freeze(['bearer']);

/** The schemes of a server that accepts nothing but tokens that are bound to a key. */
export const DPOP_ALONE: readonly Scheme[] = Object.freeze(['dpop']);

/** Each scheme as challenges and messages spell it; requests may use any case (RFC 9110 §11.1). */
export const SCHEME_NAMES: Readonly<Record<Scheme, string>> = Object.freeze({
  bearer: 'Bearer',
  dpop: 'DPoP',
});

/**
 * The scheme under which a caller's token was sent: DPoP for one that is bound to a key, and for no
 * other (RFC 9449 §7.1, §7.2).
 */
export function schemeOf({ confirmation }: Principal): Scheme {
  return confirmation !== undefined && Object.hasOwn(confirmation, 'jkt') ? 'dpop' : 'bearer';
}
