import { BEARER_ALONE, DPOP_ALONE } from '../http/schemes.ts';
import { SCHEMES, type Scheme } from '../model/scheme.ts';
import type { ResolvedDpop } from './dpop-options.ts';

/** The `Authorization` schemes under which tokens are accepted. Challenges and metadata name them. */
export function acceptedSchemes(dpop: ResolvedDpop | undefined): readonly Scheme[] {
  if (dpop === undefined) return BEARER_ALONE;
  return dpop.mode === 'required' ? DPOP_ALONE : SCHEMES;
}

/**
 * The schemes whose credentials are read. With `dpop: 'required'` Bearer credentials are read, too, although
 * they are refused: the answer then says that a proof is needed (RFC 9449 §7.1), and not that the scheme is
 * unsupported.
 */
export function readableSchemes(dpop: ResolvedDpop | undefined): readonly Scheme[] {
  return dpop === undefined ? BEARER_ALONE : SCHEMES;
}
