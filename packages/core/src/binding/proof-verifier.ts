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

/** A proof that holds. That it was not used before is not known yet. */
export interface VerifiedProof {
  readonly thumbprint: string;
  readonly jti: string;
  /** When it would be refused as too old: seconds since the epoch. */
  readonly acceptedUntilSec: number;
  /** What to give the client, when the proof used another nonce than the current one. */
  readonly nextNonce: string | undefined;
}

/** What a proof has to fit. */
export interface BoundToken {
  /** `cnf.jkt` of the token (RFC 9449 §6.1). */
  readonly thumbprint: string;
  /** Digest of the token, as `ath` has it (RFC 9449 §4.2). */
  readonly tokenHash: string;
}

/** Verifies the proof of a request: gives what has to be marked as used, or why it does not hold. */
export type ProofVerifier = (
  bound: BoundToken,
  presented: Presentation,
) => VerifiedProof | CheckFailure;

/** What a {@link ProofVerifier} is made from. */
export interface ProofVerifierOptions extends Omit<ResolvedDpop, 'mode' | 'replay' | 'fallback'> {
  readonly clock: Clock;
  readonly events: EventSink;
}

/** A key that is prepared, with the header that it came in. */
interface KnownKey extends UnverifiedProofHeader {
  readonly prepared: VerificationKey;
}

const KNOWN_KEYS = 4_096;
/** Headers that were read, whoever sent them. */
const READ_HEADERS = 256;
const MAX_TOLD_SKEW_SEC = 86_400;
/** Characters. Headers beyond it are read each time, so that nobody can fill the memory. */
const MAX_KNOWN_HEADER = 2_048;

/** `ath` of a token (RFC 9449 §4.2): over its text as it was sent. */
export function tokenHashOf(token: string): string {
  return sha256Base64Url(token);
}

/**
 * Makes the verifier of proofs (RFC 9449 §4.3, items 1 to 12). What costs little comes first: the form,
 * method, URL, time and token; then whether the token is bound to this key, so that a stranger's proof
 * costs a hash and no signature; then the signature; then the nonce, since a new nonce would mend
 * nothing else. It has no effect, but for the event `proof.clock_skew`.
 *
 * It does not check that the proof was not used before.
 */
export function createProofVerifier(options: ProofVerifierOptions): ProofVerifier {
  const { publicUrls, algorithms, nonces, clock, events } = options;
  // Filled only with keys that a valid token is bound to, or strangers would displace them.
  const known = new LRUCache<string, KnownKey>({ max: KNOWN_KEYS });
  // A stranger who sends one header again and again is not read again and again.
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
    // RFC 9449 §11.1: with nonces it is they that say how fresh a proof is, however wrong a client's clock.
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

/** The number is the proof's word: a day tells that a clock is wrong as well as a thousand years. */
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

/** A copy: V8 makes a slice by reference, and a kept one would keep the whole proof in memory. */
function detached(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
