/**
 * Why a lease has ended. `refused`: the token was read again and is not accepted any more, for a reason that
 * has no name of its own here. `unavailable`: it could not be found out for a while whether the token still
 * counts. `released`: the application ended it, mostly because the connection is closed.
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
