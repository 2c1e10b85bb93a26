/** An authentication scheme under which access tokens are sent (RFC 6750 §2.1, RFC 9449 §7.1). */
export type Scheme = 'bearer' | 'dpop';
