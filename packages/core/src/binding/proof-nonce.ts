import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clock, epochSeconds } from '../lib/clock.ts';

/** Nonces of one API (RFC 9449 §9), which nothing has to remember. */
export interface ProofNonces {
  /** What a client is told to use next. */
  current(): string;
  /** What is known of a nonce that a proof carries; `undefined` for one that is not accepted (any more). */
  find(nonce: string): AcceptedNonce | undefined;
}

/** A nonce that is accepted. */
export interface AcceptedNonce {
  /** Whether it is the one that is handed out now. */
  readonly isCurrent: boolean;
  /** When it is accepted no longer: seconds since the epoch. */
  readonly untilSec: number;
}

/** What nonces are made from: equal for all processes of an API. */
export interface ProofNonceOptions {
  /** The first makes nonces, every one accepts them: so secrets are replaced without a failed request. */
  readonly secrets: readonly Uint8Array[];
  /** Length of a step in seconds. */
  readonly rotateSec: number;
  /** What keeps nonces of two APIs apart that share a secret. */
  readonly resource: string;
  readonly clock: Clock;
}

/** A nonce is good for the step it was made in and for so many after it. */
const STEPS_AFTER = 2;
/** The clock of another process may be ahead. */
const STEPS_BEFORE = 1;
/** SHA-256 in base64url. */
const NONCE_LENGTH = 43;

interface Made {
  readonly bytes: Uint8Array;
  readonly accepted: AcceptedNonce;
}

/**
 * Nonces by HMAC of a time step: no store, and any process knows what another one handed out. Accepted
 * are those of the current step, of the two before and of the next, of every secret.
 */
export function createProofNonces(options: ProofNonceOptions): ProofNonces {
  const { secrets, rotateSec, resource, clock } = options;
  let madeAt: number | undefined;
  let accepted: readonly Made[] = [];
  let current = '';

  function prepare(): void {
    const step = Math.floor(epochSeconds(clock) / rotateSec);
    if (step === madeAt) return;
    const made: Made[] = [];
    for (const [index, secret] of secrets.entries()) {
      for (let each = step - STEPS_AFTER; each <= step + STEPS_BEFORE; each++) {
        const nonce = nonceOf(secret, resource, each);
        const isCurrent = index === 0 && each === step;
        if (isCurrent) current = nonce;
        const untilSec = (each + STEPS_AFTER + 1) * rotateSec;
        made.push({ bytes: Buffer.from(nonce), accepted: { isCurrent, untilSec } });
      }
    }
    accepted = made;
    madeAt = step;
  }

  return Object.freeze<ProofNonces>({
    current() {
      prepare();
      return current;
    },
    find(nonce) {
      // Measured first: a long text is not worth encoding.
      if (nonce.length !== NONCE_LENGTH) return undefined;
      prepare();
      const bytes = Buffer.from(nonce);
      if (bytes.byteLength !== NONCE_LENGTH) return undefined;
      // All of them, in constant time: how long it takes tells nothing of them.
      return accepted.filter((each) => timingSafeEqual(each.bytes, bytes))[0]?.accepted;
    },
  });
}

function nonceOf(secret: Uint8Array, resource: string, step: number): string {
  return createHmac('sha256', secret)
    .update(`authly dpop nonce\0${resource}\0${step}`)
    .digest('base64url');
}
