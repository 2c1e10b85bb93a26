import type { VerifiedToken } from './verified-token.ts';

/** A verified token that is held on to after its request, with its text: to ask about it again. */
export interface HeldToken {
  /** Never to be printed. */
  readonly token: string;
  readonly verified: VerifiedToken;
}
