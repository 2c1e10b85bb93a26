import { BEARER_ALONE, DPOP_ALONE } from '../http/schemes.ts';
import { SCHEMES, type Scheme } from '../model/scheme.ts';
import type { ResolvedDpop } from './dpop-options.ts';

/** The schemes under which tokens are accepted: each has a challenge. */
export function acceptedSchemes(dpop: ResolvedDpop | undefined): readonly Scheme[] {
  if (dpop === undefined) return BEARER_ALONE;
  return dpop.mode === 'required' ? DPOP_ALONE : SCHEMES;
}

/**
 * The schemes whose credentials are read. Where binding is required, a Bearer token is a bad token and
 * not a scheme that nobody knows: its sender has to be told what to do (RFC 9449 §7.1).
 */
export function readableSchemes(dpop: ResolvedDpop | undefined): readonly Scheme[] {
  return dpop === undefined ? BEARER_ALONE : SCHEMES;
}
