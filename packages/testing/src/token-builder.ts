import { randomUUID } from 'node:crypto';
import {
  type Algorithm,
  type Clock,
  ConfigurationError,
  checkOptions,
  type OptionNames,
} from '@authly/core';
import { SUBJECT_TYPE_CLAIM } from '@authly/issuer';
import { compactJws, type JwsPart } from './compact-jws.ts';
import type { TestKey } from './test-key.ts';
import { thumbprintOf } from './thumbprint.ts';

/** Claims to set, of any name and value; `undefined` removes one that is there by default. */
export type ClaimOverrides = Readonly<Record<string, unknown>>;

/** What else a test token may have. */
export interface TokenOptions {
  /**
   * `exp`, in seconds from now; negative: expired already. Default 600. `exp` in the claims wins.
   */
  readonly expiresInSec?: number;
  /** `iat`, in seconds from now; negative: issued some time ago. Default 0. */
  readonly issuedInSec?: number;
  /** `nbf`, in seconds from now. Default: no `nbf`. */
  readonly notBeforeInSec?: number;
  /**
   * Header parameters to set; `undefined` removes one. They may lie: the key alone decides how it
   * is signed.
   */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with the issuer's key for this algorithm. Default: the issuer's first key. */
  readonly algorithm?: Algorithm;
  /** Signs with this key instead, which need not be the issuer's. */
  readonly key?: TestKey;
  /** Binds the token to this key (`cnf.jkt`, RFC 9449 §6.1): whoever sends it needs a proof of it, `aProof`. */
  readonly boundTo?: TestKey;
  /** Bytes, text or a value in place of all claims. */
  readonly rawPayload?: JwsPart;
  /** Bytes, text or a value in place of the whole header. */
  readonly rawHeader?: JwsPart;
}

const OPTIONS: OptionNames<TokenOptions> = {
  expiresInSec: true,
  issuedInSec: true,
  notBeforeInSec: true,
  header: true,
  algorithm: true,
  key: true,
  boundTo: true,
  rawPayload: true,
  rawHeader: true,
};

/** Makes a token: `aToken({ sub: 'u-17', scope: 'read:users' }, { expiresInSec: -1 })`. */
export type TokenBuilder = (claims?: ClaimOverrides, options?: TokenOptions) => string;

/** What tokens are built from. */
export interface TokenBuilderOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: readonly TestKey[];
  readonly clock: Clock;
}

const DEFAULT_LIFETIME_SEC = 600;

/** The client of a client's token, and the one registered at a test issuer. */
export const DEFAULT_CLIENT_ID = 'nightly-sync';

/** Builds good RFC 9068 tokens of users, unless told otherwise. */
export function userTokenBuilder(options: TokenBuilderOptions): TokenBuilder {
  return tokenBuilder(options, () => ({
    sub: 'user-1',
    client_id: 'web-app',
    [SUBJECT_TYPE_CLAIM]: 'user',
  }));
}

/** Builds good RFC 9068 tokens of clients, unless told otherwise; `sub` follows `client_id`. */
export function clientTokenBuilder(options: TokenBuilderOptions): TokenBuilder {
  return tokenBuilder(options, ({ client_id: clientId = DEFAULT_CLIENT_ID }) => ({
    sub: clientId,
    client_id: clientId,
    [SUBJECT_TYPE_CLAIM]: 'client',
  }));
}

function tokenBuilder(
  { issuer, audience, keys, clock }: TokenBuilderOptions,
  subject: (overrides: ClaimOverrides) => ClaimOverrides,
): TokenBuilder {
  return (overrides = {}, options = {}) => {
    checkOptions('aToken()', options, OPTIONS);
    const { key = keyFor(options.algorithm, keys), rawHeader, rawPayload } = options;
    const now = Math.floor(clock.now() / 1000);
    const claims = {
      iss: issuer,
      aud: audience,
      ...subject(overrides),
      iat: now + (options.issuedInSec ?? 0),
      exp: now + (options.expiresInSec ?? DEFAULT_LIFETIME_SEC),
      ...(options.notBeforeInSec !== undefined && { nbf: now + options.notBeforeInSec }),
      jti: randomUUID(),
      ...(options.boundTo !== undefined && { cnf: { jkt: thumbprintOf(options.boundTo) } }),
      // JSON leaves out what is undefined.
      ...overrides,
    };
    const header = { typ: 'at+jwt', alg: key.algorithm, kid: key.kid, ...options.header };
    return compactJws(rawHeader ?? header, rawPayload ?? claims, key);
  };
}

function keyFor(algorithm: Algorithm | undefined, keys: readonly TestKey[]): TestKey {
  const found = keys.find((key) => algorithm === undefined || key.algorithm === algorithm);
  if (found !== undefined) return found;
  throw new ConfigurationError(
    `This issuer has no such key; write testIssuer({ algorithms: ['${algorithm ?? 'ES256'}'] })`,
  );
}
