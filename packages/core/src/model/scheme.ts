/** An authentication scheme under which access tokens are sent (RFC 6750 §2.1, RFC 9449 §7.1). */
export type Scheme = 'bearer' | 'dpop';

/** Every scheme that can be accepted, in the order of their challenges. Bearer is first, because some clients read the first challenge only. */
export const SCHEMES: readonly Scheme[] = Object.freeze(['bearer', 'dpop']);
