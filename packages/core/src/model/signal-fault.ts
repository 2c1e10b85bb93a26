/** What a provider pushes (`@authly/signals`): security events (RFC 8417), or logout tokens (OpenID Connect). */
export type SignalSource = 'security_event' | 'logout';

/** Why a pushed event or logout is refused. The provider sent it, or somebody who pretends to be the provider. */
export type SignalFault =
  | 'method_not_allowed'
  | 'content_type_unsupported'
  | 'body_too_large'
  | 'body_malformed'
  | 'parameter_repeated'
  | 'authorization_mismatch'
  | 'token_malformed'
  | 'type_not_accepted'
  | 'issuer_unknown'
  | 'audience_mismatch'
  | 'key_unknown'
  | 'signature_invalid'
  | 'algorithm_not_allowed'
  | 'claim_missing'
  | 'claim_malformed'
  | 'claim_forbidden'
  | 'not_timely'
  | 'state_unexpected'
  | 'keys_unavailable'
  | 'store_unavailable'
  | 'share_used_up'
  | 'lookup_unavailable';
