import { hasBrand } from './has-brand.ts';
import {
  type AuthErrorCode,
  type AuthErrorReason,
  CODES,
  REASONS,
  type RefusalStatus,
} from './reasons.ts';
import type { Scheme } from './scheme.ts';
import type { TokenFault } from './token-fault.ts';

// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:AuthError');

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** What an answer tells the client beyond the error code: configuration only, never request data. */
export interface ChallengeDetails {
  /** Every scope that the route needs (RFC 6750 §3). */
  readonly scopes?: readonly string[];
  /** Acceptable authentication context classes, best first (RFC 9470 §3). */
  readonly acrValues?: readonly string[];
  /** Largest acceptable age of the user's authentication in seconds (RFC 9470 §3). */
  readonly maxAgeSec?: number;
  /**
   * When to try again, in seconds (RFC 9110 §10.2.3). With `temporarily_unavailable`; and with the reason
   * `key_unknown` where no fetch was started to find the key, because one was running already, or too many were
   * made just before.
   */
  readonly retryAfterSec?: number;
  /** The scheme that the request used, once known: the error is in the challenge of that scheme. */
  readonly scheme?: Scheme | undefined;
  /** A nonce for the client's next proof (RFC 9449 §9). */
  readonly nonce?: string | undefined;
}

/** Options of an {@link AuthError}. */
export interface AuthErrorOptions extends ChallengeDetails {
  /** What went wrong below, for the operator's log. Never shown to a client. */
  readonly cause?: unknown;
  /** The configured name of the token's issuer, once known: for events. */
  readonly issuerName?: string | undefined;
  /** What the token lacks, once its issuer is known: for events and `explain`. */
  readonly fault?: TokenFault | undefined;
  /** The option to write, where one is missing: for the operator. A fixed text, never shown to a client. */
  readonly hint?: string | undefined;
  /** Whether a user or a client is calling, once known: for events. */
  readonly kind?: 'user' | 'client' | undefined;
  /** The description of the requirement that is not met: for events. Configuration only. */
  readonly requirement?: string | undefined;
}

/**
 * A request was refused. `reason` says exactly why, `code` is what OAuth calls it, `message` is
 * the public description from a fixed table: it holds nothing of the request, the token or `cause`.
 *
 * `status` is that of its code, and there are no `headers` yet: what leaves a resource server is a
 * `RefusedError`, whose `headers` hold the challenge.
 */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  readonly reason: AuthErrorReason;
  readonly details: ChallengeDetails;
  /** The configured name of the token's issuer, when the refusal came after that was known. */
  readonly issuerName: string | undefined;
  /** What the token lacks, and what was expected: configuration alone, and for the operator alone. */
  readonly fault: TokenFault | undefined;
  /** The option to write, where one is missing: for the operator, never for a client. */
  readonly hint: string | undefined;
  /** The HTTP status of `code`. */
  readonly status: RefusalStatus;
  /** Whether a user or a client is calling, when the refusal came after that was known. */
  readonly kind: 'user' | 'client' | undefined;
  /** What a guard, `userOf` or `clientOf` asked for and the caller does not meet: `scope read:users`. */
  readonly requirement: string | undefined;

  /** `details` are used instead of those among the options, for code that has them separately. */
  constructor(
    reason: AuthErrorReason,
    options: AuthErrorOptions = {},
    details: ChallengeDetails = detailsAmong(options),
  ) {
    const { cause, issuerName, fault, hint, kind, requirement } = options;
    super(REASONS[reason].description, cause === undefined ? undefined : { cause });
    this.name = 'AuthError';
    this.code = REASONS[reason].code;
    this.reason = reason;
    this.details = Object.freeze(details);
    this.issuerName = issuerName;
    this.fault = fault && Object.freeze({ ...fault });
    this.hint = hint;
    this.kind = kind;
    this.requirement = requirement;
    this.status = CODES[this.code].status;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Headers of the answer. Only a `RefusedError` has any. */
  get headers(): Readonly<Record<string, string>> {
    return NO_HEADERS;
  }

  /** What may be shown to anyone: code, reason and the fixed description. */
  toJSON(): {
    readonly error: AuthErrorCode;
    readonly reason: AuthErrorReason;
    readonly error_description: string;
  } {
    return { error: this.code, reason: this.reason, error_description: this.message };
  }
}

function detailsAmong(options: AuthErrorOptions): ChallengeDetails {
  const { cause, issuerName, fault, hint, kind, requirement, ...details } = options;
  return details;
}

/**
 * Whether `error` is an {@link AuthError}, also one of another copy of this package. Then it has `status` and
 * `headers` to answer with.
 */
export function isAuthError(error: unknown): error is AuthError {
  return hasBrand(error, BRAND);
}

/**
 * The developer's fault, found when something is constructed: the message says what is wrong and
 * the line to write instead. Never thrown while a request is served.
 */
export class ConfigurationError extends TypeError {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
  }
}
