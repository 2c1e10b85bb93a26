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

/** A token whose algorithm its issuer accepts. Nothing else of it is known yet. */
type AcceptedJws = UnverifiedJws & { readonly header: { readonly algorithm: Algorithm } };

/** A token whose signature holds, by a key of the issuer that it names. Nothing else of it is checked. */
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
  /** Longest token that is looked at, in bytes. Default 16,384. */
  readonly maxTokenBytes?: number;
  /** Whether signatures may be verified on a thread of their own under load. */
  readonly signatureThread: boolean;
}

/**
 * Reads signed JWTs: parse, issuer, key, signature (RFC 7515 §5.2), and then what `accept` makes of a
 * token whose signature holds. It does not check what a request has to prove (a sender constraint), nor
 * whether the token was revoked: the checks do.
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

  // Whatever is not a JWT is refused by its parser.
  return { reads: () => true, read, close: () => signatures.close() };
}

function isAcceptedBy(issuer: TrustedIssuer, jws: UnverifiedJws): jws is AcceptedJws {
  const { algorithm } = jws.header;
  return algorithm !== undefined && issuer.algorithms.includes(algorithm);
}
