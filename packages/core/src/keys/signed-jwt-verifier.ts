import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { createEventSink } from '../lib/event-sink.ts';
import { SCRATCH_BYTES } from '../lib/shared-buffer.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { EventListener } from '../model/events.ts';
import { ALGORITHMS, type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import { MAX_TOKEN_LENGTH } from '../token/jws.ts';
import { resolveAllowHttp } from './allow-http.ts';
import { createKeySet } from './create-key-set.ts';
import { issuerDocuments } from './issuer-documents.ts';
import { type KeyOptions, resolveKeyOptions } from './key-options.ts';
import type { JsonWebKeySet, KeySource } from './key-set.ts';
import { createSignedJwtCheck, type SignedJwt } from './signed-jwt.ts';

/** Where the keys of a signer come from: its metadata, an address, the set itself, or a preset's `keys`. */
export type SignerKeys =
  | 'discovery'
  | KeySource
  | { readonly jwks: JsonWebKeySet; readonly jwksUri?: never }
  | { readonly jwks?: never; readonly jwksUri: string };

/** Options of {@link createSignedJwtVerifier}. */
export interface SignedJwtVerifierOptions {
  /** `iss` of the JWTs, exactly as they carry it. */
  readonly issuer: string;
  /**
   * `typ` of the JWTs: `secevent+jwt`, `logout+jwt`. One or more; without case, `application/` optional.
   * `null` in the list accepts a JWT without `typ`: then its claims have to say what it is.
   */
  readonly typ: string | readonly (string | null)[];
  /** Default `discovery`: OpenID's metadata or that of RFC 8414. */
  readonly keys?: SignerKeys;
  /** Default RS256, PS256, ES256, EdDSA. */
  readonly algorithms?: readonly Algorithm[];
  /** Tolerance for `exp` and `nbf`, in seconds, 0 to 60. Default 5. */
  readonly clockToleranceSec?: number;
  /** Longest JWT that is looked at, in characters, 1,024 to 65,536. Default 16,384. */
  readonly maxLength?: number;
  /** How keys are fetched and kept. */
  readonly keyOptions?: KeyOptions;
  /** Hosts whose keys may be fetched over http, beside the machine itself. Default: none. */
  readonly allowHttp?: readonly string[];
  /** The time. Default: the machine's. */
  readonly clock?: Clock;
  /** Makes the requests for metadata and keys. */
  readonly fetch?: typeof globalThis.fetch;
  /** Told what becomes of the keys. */
  readonly onEvent?: EventListener;
}

/** Verifies JWTs of one kind and one issuer. */
export interface SignedJwtVerifier {
  /**
   * Resolves with header and claims. Rejects with an `AuthError`: of the code `temporarily_unavailable`
   * when the keys cannot be had, of another when the JWT is not valid; its `reason` says why.
   */
  verify(jwt: string): Promise<SignedJwt>;
  /** Resolves once the keys are there. */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Ends background work. */
  close(): void;
}

const OPTIONS: OptionNames<SignedJwtVerifierOptions> = {
  issuer: true,
  typ: true,
  keys: true,
  algorithms: true,
  clockToleranceSec: true,
  maxLength: true,
  keyOptions: true,
  allowHttp: true,
  clock: true,
  fetch: true,
  onEvent: true,
};

const READY_OPTIONS: OptionNames<{ readonly signal?: AbortSignal }> = { signal: true };

const LINE =
  "createSignedJwtVerifier({ issuer: 'https://as.acme.com', typ: 'secevent+jwt', keys: 'discovery' })";
const MAX_CLOCK_TOLERANCE_SEC = 60;
const MIN_LENGTH = 1_024;

/**
 * Makes a verifier for signed JWTs that are **not access tokens**: security events (RFC 8417), logout
 * tokens, client assertions. It gives header and claims, never a principal.
 *
 * Checks: form (RFC 7515 §7.1), `typ`, `iss`, algorithm, signature by the issuer's keys; and `exp` and
 * `nbf` where they are there. Does not check: `aud`, `iat`, `jti`, that `exp` is there, whether the JWT
 * was seen before, and what its claims mean. All of that differs by kind and is yours.
 *
 * An access token must not pass as another kind of JWT, nor the other way round: give the one `typ` that
 * the kind has (RFC 8725 §3.11).
 *
 * @throws ConfigurationError for options that are missing, unknown or out of range.
 */
export function createSignedJwtVerifier(options: SignedJwtVerifierOptions): SignedJwtVerifier {
  checkOptions('createSignedJwtVerifier()', options, OPTIONS, LINE);
  const { issuer, keys = 'discovery', clock = systemClock, clockToleranceSec = 5 } = options;
  if (typeof issuer !== 'string' || issuer === '') {
    throw new ConfigurationError(`createSignedJwtVerifier() needs the issuer. Write: ${LINE}`);
  }
  if (
    !(typeof clockToleranceSec === 'number' && clockToleranceSec >= 0) ||
    clockToleranceSec > MAX_CLOCK_TOLERANCE_SEC
  ) {
    throw new ConfigurationError(
      `clockToleranceSec is a number of seconds from 0 to ${MAX_CLOCK_TOLERANCE_SEC}. Write: clockToleranceSec: 5`,
    );
  }
  const { maxLength = MAX_TOKEN_LENGTH, allowHttp } = options;
  if (!(Number.isSafeInteger(maxLength) && maxLength >= MIN_LENGTH && maxLength <= SCRATCH_BYTES)) {
    throw new ConfigurationError(
      `maxLength is a whole number of characters from ${MIN_LENGTH} to ${SCRATCH_BYTES}. Write: maxLength: ${MAX_TOKEN_LENGTH}`,
    );
  }
  const keySet = createKeySet(sourceOf(issuer, keys), {
    issuer,
    allowHttp: resolveAllowHttp(allowHttp),
    clock,
    fetch: options.fetch ?? globalThis.fetch,
    events: createEventSink(options.onEvent),
    timing: resolveKeyOptions(options.keyOptions),
  });
  const check = createSignedJwtCheck({
    issuer,
    types: typesOf(options.typ),
    algorithms: algorithmsOf(options.algorithms),
    keySet,
    clock,
    clockToleranceSec,
    maxLength,
  });
  return Object.freeze({
    verify: check,
    async ready(readyOptions: { readonly signal?: AbortSignal } = {}) {
      const { signal } = checkOptions('ready()', readyOptions, READY_OPTIONS);
      await keySet.ready(signal);
    },
    close: () => keySet.close(),
  });
}

function sourceOf(issuer: string, keys: SignerKeys): KeySource {
  const given: unknown = keys;
  if (given === 'discovery' && URL.canParse(issuer)) {
    return { kind: 'discovery', documents: issuerDocuments(issuer) };
  }
  if (typeof given === 'object' && given !== null) {
    if (isKeySource(given)) return given;
    const { jwks, jwksUri } = checkOptions('keys', given, { jwks: true, jwksUri: true }) as {
      jwks?: JsonWebKeySet;
      jwksUri?: unknown;
    };
    if (typeof jwks === 'object' && jwksUri === undefined) return { kind: 'static', jwks };
    if (typeof jwksUri === 'string' && jwks === undefined) return { kind: 'jwks', url: jwksUri };
  }
  throw new ConfigurationError(
    "keys is 'discovery' (of an issuer that is a URL), { jwks }, { jwksUri } or the keys of a preset. Write: keys: { jwksUri: 'https://as.acme.com/jwks' }",
  );
}

/** The `keys` of a preset: made by the preset, and checked by it. */
function isKeySource(keys: object): keys is KeySource {
  const kind: unknown = Reflect.get(keys, 'kind');
  return kind === 'discovery' || kind === 'jwks' || kind === 'static';
}

function typesOf(typ: string | readonly (string | null)[]): readonly (string | null)[] {
  const list: readonly unknown[] = Array.isArray(typ) ? typ : [typ];
  const types = list.map((type) => {
    if (type === null && Array.isArray(typ)) return null;
    return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : '';
  });
  // Not `null` alone: a JWT that may have no type must be told by one that it may have.
  if (types.some((type) => type !== null) && !types.includes('')) return Object.freeze(types);
  throw new ConfigurationError(
    "typ is the type of the JWTs: without it one kind would pass as another. Write: typ: 'secevent+jwt'",
  );
}

function algorithmsOf(algorithms: unknown): readonly Algorithm[] {
  if (algorithms === undefined) return DEFAULT_ALGORITHMS;
  const known: readonly unknown[] = ALGORITHMS;
  if (
    Array.isArray(algorithms) &&
    algorithms.length > 0 &&
    algorithms.every((name) => known.includes(name))
  ) {
    return Object.freeze([...algorithms]);
  }
  throw new ConfigurationError(
    `algorithms is a list of ${ALGORITHMS.join(', ')}. Write: algorithms: ['${DEFAULT_ALGORITHMS.join("', '")}']`,
  );
}
