import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { findSigningKey } from '../keys/signing-key.ts';
import { isTrue } from '../lib/callback-result.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import { AuthError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { Refused } from '../model/refused.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { ReadOutcome, TokenReader } from '../request/token-reader.ts';
import { signatureCheck } from '../signature/check.ts';
import { createSignatureQueue } from '../signature/queue.ts';
import { hasSecondCore, startSignatureThread } from '../signature/thread.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { Algorithm } from '../token/algorithms.ts';
import { createJwsParser, type UnverifiedJws } from '../token/jws.ts';
import { refuse, refuseBecause } from './refuse-token.ts';

/** A parsed token whose issuer accepts its algorithm. Nothing else of it is checked yet. */
type AcceptedJws = UnverifiedJws & { readonly header: { readonly algorithm: Algorithm } };

/** A token with a valid signature, made with a key of its issuer (`iss`). No other claim is checked yet. */
export interface SignedToken {
  readonly token: string;
  readonly issuer: TrustedIssuer;
  readonly key: VerificationKey;
  /** Not frozen yet, and of unknown depth. */
  readonly claims: TokenClaims;
  readonly header: TokenHeader;
}

/** What a reader of JWTs is made from. */
export interface JwtReaderOptions {
  /** Size of the largest accepted token in bytes. Default 16,384. */
  readonly maxTokenBytes?: number;
  /** Whether signatures may be verified on a second thread under load. */
  readonly signatureThread: boolean;
}

/**
 * Reads signed JWTs: parses the token, finds the issuer and the key, verifies the signature (RFC 7515 §5.2),
 * and then calls `accept`, which checks the claims. It checks neither the sender constraint nor whether the
 * token was revoked: the checks of each request do that.
 */
export function createJwtReader(
  issuers: Issuers,
  { maxTokenBytes, signatureThread }: JwtReaderOptions,
  accept: (signed: SignedToken) => MaybePromise<ReadOutcome>,
): TokenReader {
  const parse = createJwsParser(maxTokenBytes);
  const signatures = createSignatureQueue(
    signatureThread && hasSecondCore() ? startSignatureThread : undefined,
  );

  function read(token: string): MaybePromise<ReadOutcome> {
    const jws = parse(token);
    if (typeof jws === 'string') return new Refused(jws);
    const found = issuers.find(jws.claims);
    return isThenable(found)
      ? found.then((issuer) => withIssuer(token, jws, issuer))
      : withIssuer(token, jws, found);
  }

  function withIssuer(
    token: string,
    jws: UnverifiedJws,
    issuer: TrustedIssuer | undefined,
  ): MaybePromise<ReadOutcome> {
    if (issuer === undefined) return new Refused('issuer_unknown');
    if (!isAcceptedBy(issuer, jws)) return refuse(issuer, 'algorithm_not_allowed');
    const key = findSigningKey(issuer.keySet, jws.header, (each) => isSignedBy(each, jws, issuer));
    return isThenable(key)
      ? key.then(
          (later) => withKey(token, jws, issuer, later),
          (error: unknown) => refuseBecause(issuer, error),
        )
      : withKey(token, jws, issuer, key);
  }

  function withKey(
    token: string,
    { claims, header }: UnverifiedJws,
    issuer: TrustedIssuer,
    key: VerificationKey | undefined,
  ): MaybePromise<ReadOutcome> {
    if (key === undefined) return refuse(issuer, 'signature_invalid');
    return accept({ token, issuer, key, claims, header: header.parameters });
  }

  function isSignedBy(
    key: VerificationKey,
    { claims, header, signingInput, signature }: AcceptedJws,
    issuer: TrustedIssuer,
  ): MaybePromise<boolean> {
    const { keyServes } = issuer.provider;
    if (keyServes !== undefined && !isTrue(keyServes(key.issuer, claims))) {
      throw new AuthError('key_unknown', { issuerName: issuer.name });
    }
    const check = signatureCheck(header.algorithm, key, signingInput, signature);
    return check !== undefined && signatures.verify(check);
  }

  // `true` for every token: the parser refuses what is not a JWT.
  return { reads: () => true, read, close: () => signatures.close() };
}

function isAcceptedBy(issuer: TrustedIssuer, jws: UnverifiedJws): jws is AcceptedJws {
  const { algorithm } = jws.header;
  return algorithm !== undefined && issuer.algorithms.includes(algorithm);
}
