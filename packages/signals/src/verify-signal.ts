import { isAuthError, type SignalFault } from '@authly/core';
import type { SignedJwt, SignedJwtVerifier } from '@authly/core/jwt';

/** Verifies a signed JWT. Returns its content, or what is wrong with it. Rejects only for a mistake of the program. */
export async function verifySignal(
  verifier: Pick<SignedJwtVerifier, 'verify'>,
  jwt: string,
): Promise<SignedJwt | SignalFault> {
  try {
    return await verifier.verify(jwt);
  } catch (error) {
    if (isAuthError(error)) return faultOf(error.reason);
    throw error;
  }
}

function faultOf(reason: string): SignalFault {
  switch (reason) {
    case 'type_not_accepted':
    case 'issuer_unknown':
    case 'algorithm_not_allowed':
    case 'key_unknown':
    case 'signature_invalid':
    case 'claim_malformed':
    case 'keys_unavailable':
      return reason;
    case 'expired':
    case 'not_yet_valid':
      return 'not_timely';
    default:
      return 'token_malformed';
  }
}
