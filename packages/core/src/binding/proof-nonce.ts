import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clock, epochSeconds } from '../lib/clock.ts';

/** The nonces of one API (RFC 9449 §9). They are computed from the time, so none has to be stored. */
export interface ProofNonces {
  /** The nonce that clients are told to use next. */
  current(): string;
  /** Looks up the nonce of a proof; `undefined` when it is not accepted, or no longer. */
  find(nonce: string): AcceptedNonce | undefined;
}

/** A nonce that is accepted. */
export interface AcceptedNonce {
  /** Whether clients are given this nonce now. */
  readonly isCurrent: boolean;
  /** The time when it stops being accepted, in seconds since the epoch. */
  readonly untilSec: number;
}

/** What nonces are made from. Equal in all processes of an API. */
export interface ProofNonceOptions {
  /** Nonces are made with the first and accepted with every one, so a secret is replaced without failed requests. */
  readonly secrets: readonly Uint8Array[];
  /** Length of a time step in seconds. */
  readonly rotateSec: number;
  /** Name of the API, so that two APIs with the same secret have different nonces. */
  readonly resource: string;
  readonly clock: Clock;
}

/** A nonce is accepted in the time step it was made for, and in this many steps after it. */
const STEPS_AFTER = 2;
/** It is also accepted this many steps earlier, because the clock of another process may be ahead. */
const STEPS_BEFORE = 1;
/** SHA-256 in base64url. */
const NONCE_LENGTH = 43;

interface Made {
  readonly bytes: Uint8Array;
  readonly accepted: AcceptedNonce;
}

/**
 * Makes nonces as the HMAC of a time step. This needs no store, and every process accepts the nonces of the
 * others. For every secret, the nonces of four steps are accepted: the current one, the two before it and the
 * next one.
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
      // The length is checked first, so that a long text is never encoded.
      if (nonce.length !== NONCE_LENGTH) return undefined;
      prepare();
      const bytes = Buffer.from(nonce);
      if (bytes.byteLength !== NONCE_LENGTH) return undefined;
      // Compares with every nonce, each in constant time, so that the duration tells nothing about them.
      return accepted.filter((each) => timingSafeEqual(each.bytes, bytes))[0]?.accepted;
    },
  });
}

function nonceOf(secret: Uint8Array, resource: string, step: number): string {
  return createHmac('sha256', secret)
    .update(`authly dpop nonce\0${resource}\0${step}`)
    .digest('base64url');
}
