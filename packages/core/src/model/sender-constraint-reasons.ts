/**
 * Why a token that is bound to its sender, or should be, is refused: a part of the table of reasons
 * (RFC 7800, RFC 8705 §3, RFC 9449 §4.3, §7).
 */
export const SENDER_CONSTRAINT_REASONS = {
  sender_constraint_unsupported: {
    code: 'invalid_token',
    step: 'sender_constraint',
    description: 'Sender-constrained access tokens are not accepted here',
  },
  binding_required: {
    code: 'invalid_token',
    step: 'sender_constraint',
    description:
      'This resource accepts only access tokens that are bound to a key, with a DPoP proof',
  },
  binding_missing: {
    code: 'invalid_token',
    step: 'sender_constraint',
    description: 'The access token is not bound to a key, so it cannot be used with DPoP',
  },
  binding_scheme_mismatch: {
    code: 'invalid_token',
    step: 'sender_constraint',
    description:
      'The access token is bound to a key and must be sent with the DPoP scheme and a proof',
  },
  binding_mismatch: {
    code: 'invalid_token',
    step: 'sender_constraint',
    description: 'The access token is bound to another key than that of the DPoP proof',
  },
  certificate_required: {
    code: 'invalid_token',
    step: 'sender_constraint',
    description:
      'This resource accepts only access tokens that are bound to a client certificate (mutual TLS)',
  },
  certificate_missing: {
    code: 'invalid_token',
    step: 'sender_constraint',
    description:
      'The access token is bound to a client certificate, and the connection has none (mutual TLS)',
  },
  certificate_mismatch: {
    code: 'invalid_token',
    step: 'sender_constraint',
    description:
      'The access token is bound to another client certificate than that of the connection',
  },
  certificate_unavailable: {
    code: 'temporarily_unavailable',
    step: 'sender_constraint',
    description: 'Which client certificate the connection has cannot be found out at the moment',
  },
  proof_missing: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The request lacks a DPoP proof',
  },
  proof_repeated: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The request carries more than one DPoP proof',
  },
  proof_malformed: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The DPoP proof is malformed',
  },
  proof_type_invalid: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The DPoP proof is not of the type dpop+jwt',
  },
  proof_algorithm_not_allowed: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The DPoP proof is signed with an algorithm that is not accepted',
  },
  proof_key_invalid: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The key in the DPoP proof cannot be used',
  },
  proof_method_mismatch: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The DPoP proof is for another method',
  },
  proof_url_mismatch: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The DPoP proof is for another URL',
  },
  proof_untimely: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The DPoP proof was made too long ago or lies in the future',
  },
  proof_token_mismatch: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The DPoP proof is for another access token',
  },
  proof_signature_invalid: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The signature of the DPoP proof is invalid',
  },
  nonce_missing: {
    code: 'use_dpop_nonce',
    step: 'sender_constraint',
    description: 'The DPoP proof needs a nonce of this resource',
  },
  nonce_invalid: {
    code: 'use_dpop_nonce',
    step: 'sender_constraint',
    description: 'The nonce of the DPoP proof is too old or not from this resource',
  },
  proof_replayed: {
    code: 'invalid_dpop_proof',
    step: 'sender_constraint',
    description: 'The DPoP proof was used before',
  },
  replay_unavailable: {
    code: 'temporarily_unavailable',
    step: 'sender_constraint',
    description: 'Whether the DPoP proof was used before cannot be found out at the moment',
  },
} as const;
