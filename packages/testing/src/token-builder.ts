import { randomUUID } from 'node:crypto';
import {
  type Algorithm,
  type Clock,
  ConfigurationError,
  checkOptions,
  mustBe,
  type OptionNames,
} from '@authly/core';
import { SUBJECT_TYPE_CLAIM } from '@authly/issuer';
import { compactJws, type JwsPart } from './compact-jws.ts';
import type { TestCertificate } from './test-certificate.ts';
import type { TestKey } from './test-key.ts';
import { thumbprintOf } from './thumbprint.ts';

/** Claims to set, of any name and value; `undefined` removes one that is there by default. */
export type ClaimOverrides = Readonly<Record<string, unknown>>;

/** What a token may be bound to. */
export type BoundTo = TestKey | Pick<TestCertificate, 'thumbprint'>;

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
   * Header parameters to set; `undefined` removes one. They may be false: only the key decides how the token is signed.
   */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs with the issuer's key for this algorithm. Default: the issuer's first key. */
  readonly algorithm?: Algorithm;
  /** Signs with this key instead, which need not be the issuer's. */
  readonly key?: TestKey;
  /**
   * Binds the token to a key (`cnf.jkt`, RFC 9449 §6.1), so that its sender needs a proof, `aProof`; or to a
   * client certificate (`cnf["x5t#S256"]`, RFC 8705 §3.1), `testCertificate`. A list binds it to all.
   */
  readonly boundTo?: BoundTo | readonly BoundTo[];
  /** Bytes, text or a value in place of all claims. */
  readonly rawPayload?: JwsPart;
  /** Bytes, text or a value in place of the whole header. */
  readonly rawHeader?: JwsPart;
}

const OPTIONS: OptionNames<TokenOptions> = {
  expiresInSec: mustBe.aNumber('expiresInSec: -60'),
  issuedInSec: mustBe.aNumber('issuedInSec: -60'),
  notBeforeInSec: mustBe.aNumber('notBeforeInSec: 60'),
  header: mustBe.anObject("header: { typ: 'JWT' }"),
  algorithm: mustBe.aText("algorithm: 'ES256'"),
  key: mustBe.anObject("key: generateTestKey('ES256')"),
  boundTo: mustBe.fitting(
    'a key, a certificate or a list of them',
    "boundTo: generateTestKey('ES256')",
    (value) => typeof value === 'object' && value !== null,
  ),
  rawPayload: true,
  rawHeader: true,
};

/** Makes a token: `aToken({ sub: 'u-17', scope: 'read:users' }, { expiresInSec: -1 })`. */
export type TokenBuilder = (claims?: ClaimOverrides, options?: TokenOptions) => string;

/** Where the keys and the time of tokens come from. */
export interface TokenSource {
  /** The current keys. The first signs by default. */
  keys(): readonly TestKey[];
  readonly clock: Clock;
  /** The option to write for a key of another algorithm. */
  keyOption(algorithm: Algorithm): string;
}

/** What tokens are built from. */
export interface TokenBuilderOptions extends TokenSource {
  readonly issuer: string;
  readonly audience: string;
}

/** A token before times and overrides. */
export interface TokenTemplate {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: ClaimOverrides;
}

const DEFAULT_LIFETIME_SEC = 600;

/** The client of a client's token, and the one registered at a test issuer. */
export const DEFAULT_CLIENT_ID = 'nightly-sync';

/** Builds good RFC 9068 tokens of users, unless told otherwise. */
export function userTokenBuilder(options: TokenBuilderOptions): TokenBuilder {
  return rfc9068Builder(options, () => ({
    sub: 'user-1',
    client_id: 'web-app',
    [SUBJECT_TYPE_CLAIM]: 'user',
  }));
}

/** Builds good RFC 9068 tokens of clients, unless told otherwise; `sub` follows `client_id`. */
export function clientTokenBuilder(options: TokenBuilderOptions): TokenBuilder {
  return rfc9068Builder(options, ({ client_id: clientId = DEFAULT_CLIENT_ID }) => ({
    sub: clientId,
    client_id: clientId,
    [SUBJECT_TYPE_CLAIM]: 'client',
  }));
}

function rfc9068Builder(
  options: TokenBuilderOptions,
  subject: (overrides: ClaimOverrides) => ClaimOverrides,
): TokenBuilder {
  const { issuer: iss, audience: aud } = options;
  return tokenBuilder(options, (overrides) => ({
    header: { typ: 'at+jwt' },
    claims: { iss, aud, ...subject(overrides), jti: randomUUID() },
  }));
}

/** Builds tokens from the result of `template`, which gets the overrides and the time in seconds. */
export function tokenBuilder(
  source: TokenSource,
  template: (overrides: ClaimOverrides, nowSec: number) => TokenTemplate,
): TokenBuilder {
  return (overrides = {}, options = {}) => {
    checkOptions('aToken()', options, OPTIONS);
    checkOverrides(overrides);
    const { key = keyFor(options.algorithm, source), rawHeader, rawPayload } = options;
    const now = Math.floor(source.clock.now() / 1000);
    const base = template(overrides, now);
    const claims = {
      ...base.claims,
      iat: now + (options.issuedInSec ?? 0),
      exp: now + (options.expiresInSec ?? DEFAULT_LIFETIME_SEC),
      ...(options.notBeforeInSec !== undefined && { nbf: now + options.notBeforeInSec }),
      ...(options.boundTo !== undefined && { cnf: confirmationOf(options.boundTo) }),
      // JSON leaves out what is undefined.
      ...overrides,
    };
    const header = { alg: key.algorithm, kid: key.kid, ...base.header, ...options.header };
    return compactJws(rawHeader ?? header, rawPayload ?? claims, key);
  };
}

/** Names that are no claim of any provider, so that whoever writes them as one means the option. */
const ONLY_OPTIONS = [
  'expiresInSec',
  'issuedInSec',
  'notBeforeInSec',
  'boundTo',
  'rawPayload',
  'rawHeader',
];

/** Without this check, a token that should be expired would be a good one, with a claim that nobody reads. */
function checkOverrides(overrides: ClaimOverrides): void {
  const given: unknown = overrides;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigurationError(
      "The claims of a token are an object. Write: aUserToken({ sub: 'u-17' })",
    );
  }
  const misplaced = ONLY_OPTIONS.find((name) => Object.hasOwn(given, name));
  if (misplaced === undefined) return;
  throw new ConfigurationError(
    `${misplaced} is no claim: it belongs in the second argument. Write: aUserToken({ … }, { ${misplaced}: … })`,
  );
}

function confirmationOf(boundTo: BoundTo | readonly BoundTo[]): ClaimOverrides {
  const members = [boundTo]
    .flat()
    .map((each) =>
      'thumbprint' in each ? { 'x5t#S256': each.thumbprint } : { jkt: thumbprintOf(each) },
    );
  return Object.assign({}, ...members);
}

function keyFor(algorithm: Algorithm | undefined, source: TokenSource): TestKey {
  const found = source.keys().find((key) => algorithm === undefined || key.algorithm === algorithm);
  if (found !== undefined) return found;
  throw new ConfigurationError(
    `This issuer has no such key; write testIssuer({ ${source.keyOption(algorithm ?? 'ES256')} })`,
  );
}
