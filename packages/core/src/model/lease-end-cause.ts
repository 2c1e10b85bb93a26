/**
 * Why a lease has ended. `refused`: the token was read again and is not accepted any more, for another
 * reason than those with a name of their own. `unavailable`: for a while nobody could say whether it still
 * counts. `released`: the application ended it, mostly since the connection is closed.
 */
export type LeaseEndCause =
  | 'expired'
  | 'revoked'
  | 'key_withdrawn'
  | 'issuer_removed'
  | 'refused'
  | 'unavailable'
  | 'renewed_too_often'
  | 'server_closed'
  | 'released';
