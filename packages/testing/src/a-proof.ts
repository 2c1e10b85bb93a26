import { createHash, randomUUID } from 'node:crypto';
import { type Clock, checkOptions, mustBe, type OptionNames, systemClock } from '@authly/core';
import { compactJws, type JwsPart } from './compact-jws.ts';
import type { TestKey } from './test-key.ts';
import type { ClaimOverrides } from './token-builder.ts';

/** What a proof is made from. */
export interface ProofOptions {
  /** The key that the token is bound to: `generateTestKey('ES256')`. */
  readonly key: TestKey;
  /** `htu`: the URL of the request as clients write it. */
  readonly url: string;
  /** `htm`. Default `GET`. */
  readonly method?: string;
  /** The access token that is sent beside the proof: makes `ath`. */
  readonly token?: string;
  /** `nonce`, as the API handed it out. */
  readonly nonce?: string;
  /** `iat`, in seconds from now; negative: made some time ago. Default 0. */
  readonly issuedInSec?: number;
  /** Claims to set, of any name and value; `undefined` removes one. */
  readonly claims?: ClaimOverrides;
  /** Header parameters to set; `undefined` removes one. They may lie. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Bytes, text or a value in place of all claims. */
  readonly rawPayload?: JwsPart;
  /** Bytes, text or a value in place of the whole header. */
  readonly rawHeader?: JwsPart;
  /** Signs with this key, while the header still has `key`: the signature is then somebody else's. */
  readonly signedBy?: TestKey;
  /** The time. Default: the machine's. Give it the clock of the resource server. */
  readonly clock?: Clock;
}

const OPTIONS: OptionNames<ProofOptions> = {
  key: mustBe.anObject("key: generateTestKey('ES256')"),
  url: mustBe.anyText("url: 'https://api.acme.com/orders'"),
  method: mustBe.anyText("method: 'POST'"),
  token: mustBe.anyText('token'),
  nonce: mustBe.anyText("nonce: '…'"),
  issuedInSec: mustBe.aNumber('issuedInSec: -60'),
  claims: mustBe.anObject("claims: { jti: '1' }"),
  header: mustBe.anObject("header: { typ: 'JWT' }"),
  rawPayload: true,
  rawHeader: true,
  signedBy: mustBe.anObject("signedBy: generateTestKey('ES256')"),
  clock: mustBe.aClock,
};

/**
 * A DPoP proof (RFC 9449 §4.2), to be sent as the header `DPoP` beside `Authorization: DPoP <token>`.
 * Each call makes a new one, with a `jti` of its own:
 *
 * ```ts
 * const key = generateTestKey('ES256');
 * const token = issuer.aToken({}, { boundTo: key });
 * const proof = aProof({ key, token, method: 'GET', url: 'https://api.test/orders' });
 * ```
 *
 * @throws ConfigurationError for an option that is unknown.
 */
export function aProof(options: ProofOptions): string {
  const {
    key,
    url,
    method = 'GET',
    token,
    nonce,
    issuedInSec = 0,
    clock = systemClock,
  } = checkOptions('aProof()', options, OPTIONS);
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = key.publicJwk;
  const header = { typ: 'dpop+jwt', alg: key.algorithm, jwk, ...options.header };
  const claims = {
    jti: randomUUID(),
    htm: method,
    htu: url,
    iat: Math.floor(clock.now() / 1000) + issuedInSec,
    // JSON leaves out what is undefined.
    ath: token === undefined ? undefined : tokenHash(token),
    nonce,
    ...options.claims,
  };
  return compactJws(
    options.rawHeader ?? header,
    options.rawPayload ?? claims,
    options.signedBy ?? key,
  );
}

function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
