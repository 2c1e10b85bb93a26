import type { VerifiedToken } from './verified-token.ts';

/** Reads tokens of one form: from a string to a verified token, or an `AuthError`. */
export interface TokenReader {
  /** Whether the token has the form that this reader is for. Cheap: no verification. */
  reads(token: string): boolean;
  /** Throws `AuthError`, or rejects with it, for a token that is not valid. */
  read(token: string): VerifiedToken | Promise<VerifiedToken>;
  /** Ends what it started. */
  close(): void;
}
