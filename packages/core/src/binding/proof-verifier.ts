import { LRUCache } from 'lru-cache';
import type { RequestView } from '../http/request-view.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { memoize } from '../lib/memoize.ts';
import { sha256Base64Url } from '../lib/sha256.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { Presentation } from '../request/presentation.ts';
import type { CheckFailure } from '../request/request-check.ts';
import { signatureCheck, signatureHolds } from '../signature/check.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { ResolvedDpop } from './dpop-options.ts';
import {
  type ProofParts,
  proofOf,
  readProofClaims,
  readProofHeader,
  type UnverifiedProofClaims,
  type UnverifiedProofHeader,
} from './proof.ts';
import { importProofKey } from './proof-key.ts';
import { namesTarget } from './target-uri.ts';

/** A proof that is valid for its request. It was not checked yet whether it was used before. */
export interface VerifiedProof {
  readonly thumbprint: string;
  readonly jti: string;
  /** The time after which the proof is refused as too old, in seconds since the epoch. */
  readonly acceptedUntilSec: number;
  /** The nonce to send to the client; `undefined` when the proof already used the current one. */
  readonly nextNonce: string | undefined;
}

/** What a proof must match. */
export interface BoundToken {
  /** `cnf.jkt` of the token (RFC 9449 §6.1). */
  readonly thumbprint: string;
  /** Digest of the token. `ath` of the proof must be equal to it (RFC 9449 §4.2). */
  readonly tokenHash: string;
}

/** Verifies the proof of a request. Gives the proof, which must then be marked as used, or the failure. */
export type ProofVerifier = (
  bound: BoundToken,
  presented: Presentation,
) => VerifiedProof | CheckFailure;

/** What a {@link ProofVerifier} is made from. */
export interface ProofVerifierOptions extends Omit<ResolvedDpop, 'mode' | 'replay' | 'fallback'> {
  readonly clock: Clock;
  readonly events: EventSink;
}

/** The header of a proof, with its key prepared for verification. */
interface KnownKey extends UnverifiedProofHeader {
  readonly prepared: VerificationKey;
}

/** How many prepared keys are kept. */
const KNOWN_KEYS = 4_096;
/** How many parsed headers are kept, of any sender. */
const READ_HEADERS = 256;
/** The largest clock difference that an event reports: one day. */
const MAX_TOLD_SKEW_SEC = 86_400;
/** Characters. A longer header is not kept but parsed each time, so that clients cannot fill the memory. */
const MAX_KNOWN_HEADER = 2_048;

/** Computes the `ath` of a token (RFC 9449 §4.2), from its text as it was sent. */
export function tokenHashOf(token: string): string {
  return sha256Base64Url(token);
}

/**
 * Makes the verifier of proofs (RFC 9449 §4.3, items 1 to 12). It checks in this order, cheap checks first:
 * 1. form, method, URL, time and `ath`;
 * 2. that the token is bound to the proof's key, so that a proof with another key costs no signature check;
 * 3. the signature;
 * 4. the nonce last: a client is only given a new nonce if nothing else is wrong.
 *
 * Its only effect is the event `proof.clock_skew`. It does not check whether the proof was used before.
 */
export function createProofVerifier(options: ProofVerifierOptions): ProofVerifier {
  const { publicUrls, algorithms, nonces, clock, events } = options;
  // Holds only keys that a valid token is bound to. Otherwise anybody could push these out of the cache.
  const known = new LRUCache<string, KnownKey>({ max: KNOWN_KEYS });
  // The header of any sender is kept for a while, so that a repeated header is parsed once.
  const readHeader = memoize((segment: string) => readProofHeader(segment, algorithms), {
    entries: READ_HEADERS,
    maxLength: MAX_KNOWN_HEADER,
  });

  function misfit(
    { htm, htu, iat, exp, nbf, ath }: UnverifiedProofClaims,
    bound: BoundToken,
    request: RequestView,
  ): AuthErrorReason | undefined {
    // RFC 9110 §9.1: methods are case-sensitive, and HEAD is not GET.
    if (htm !== request.method) return 'proof_method_mismatch';
    if (!namesTarget(htu, request, publicUrls)) return 'proof_url_mismatch';
    if (!isTimely({ iat, exp, nbf })) return 'proof_untimely';
    return ath === bound.tokenHash ? undefined : 'proof_token_mismatch';
  }

  function isTimely({
    iat,
    exp,
    nbf,
  }: Pick<UnverifiedProofClaims, 'iat' | 'exp' | 'nbf'>): boolean {
    const now = epochSeconds(clock);
    const { maxAgeSec, futureSec } = options;
    // RFC 9449 §11.1: with nonces, the nonce shows how fresh a proof is. The client's clock may then be wrong.
    const isFresh = nonces !== undefined || (iat >= now - maxAgeSec && iat <= now + futureSec);
    if (
      isFresh &&
      (exp === undefined || exp > now) &&
      (nbf === undefined || nbf <= now + futureSec)
    ) {
      return true;
    }
    if (events.active) events.emit({ type: 'proof.clock_skew', seconds: skewOf(iat - now) });
    return false;
  }

  return function verifyProof(bound, { request }) {
    if (request === undefined) return { reason: 'proof_missing' };
    const parts = proofOf(request);
    if (typeof parts === 'string') return { reason: parts };
    const remembered = known.get(parts.header);
    const header = remembered ?? readHeader(parts.header);
    if (typeof header === 'string') return { reason: header };
    const claims = readProofClaims(parts.payload);
    if (typeof claims === 'string') return { reason: claims };
    const reason = misfit(claims, bound, request);
    if (reason !== undefined) return { reason };
    if (header.key.thumbprint !== bound.thumbprint) return { reason: 'binding_mismatch' };
    const knownKey = remembered ?? knownKeyOf(header);
    if (knownKey === undefined) return { reason: 'proof_key_invalid' };
    if (!isSignedBy(knownKey, parts)) return { reason: 'proof_signature_invalid' };
    if (remembered === undefined && parts.header.length <= MAX_KNOWN_HEADER) {
      known.set(detached(parts.header), knownKey);
    }
    return withNonce(claims, bound);
  };

  function withNonce(
    { iat, jti, nonce }: UnverifiedProofClaims,
    { thumbprint }: BoundToken,
  ): VerifiedProof | CheckFailure {
    if (nonces === undefined) {
      const acceptedUntilSec = iat + options.maxAgeSec;
      return { thumbprint, jti, acceptedUntilSec, nextNonce: undefined };
    }
    const accepted = nonce === undefined ? undefined : nonces.find(nonce);
    if (accepted !== undefined) {
      const { isCurrent, untilSec: acceptedUntilSec } = accepted;
      return {
        thumbprint,
        jti,
        acceptedUntilSec,
        nextNonce: isCurrent ? undefined : nonces.current(),
      };
    }
    const reason = nonce === undefined ? 'nonce_missing' : 'nonce_invalid';
    return { reason, details: { nonce: nonces.current() } };
  }
}

/** Limits the reported difference to a day, because the number comes from the proof and may be anything. */
function skewOf(seconds: number): number {
  return Math.round(Math.min(Math.max(seconds, -MAX_TOLD_SKEW_SEC), MAX_TOLD_SKEW_SEC));
}

function knownKeyOf({ algorithm, key }: UnverifiedProofHeader): KnownKey | undefined {
  const prepared = importProofKey(key, algorithm);
  return prepared && { algorithm, key, prepared };
}

function isSignedBy({ algorithm, prepared }: KnownKey, parts: ProofParts): boolean {
  const check = signatureCheck(algorithm, prepared, parts.signingInput, parts.signature);
  return check !== undefined && signatureHolds(check);
}

/** Copies a text. V8 implements a slice as a reference, so storing the slice would keep the whole proof in memory. */
function detached(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
