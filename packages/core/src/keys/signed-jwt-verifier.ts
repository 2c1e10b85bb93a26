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

/** Where the keys of a signer come from: its metadata, a URL, the key set itself, or the `keys` of a preset. */
export type SignerKeys =
  | 'discovery'
  | KeySource
  | { readonly jwks: JsonWebKeySet; readonly jwksUri?: never }
  | { readonly jwks?: never; readonly jwksUri: string };

/** Options of {@link createSignedJwtVerifier}. */
export interface SignedJwtVerifierOptions {
  /** `iss` of the JWTs; it must be equal. */
  readonly issuer: string;
  /**
   * Accepted `typ` of the JWTs, such as `secevent+jwt` or `logout+jwt`: one or a list. Compared case-insensitively;
   * `application/` before it is optional. With `null` in the list, a JWT without `typ` is accepted, too; your code must
   * then check by its claims what kind of JWT it is.
   */
  readonly typ: string | readonly (string | null)[];
  /** Where the keys come from. Default `discovery`: from the issuer's metadata (OpenID Connect, or RFC 8414). */
  readonly keys?: SignerKeys;
  /** Accepted signature algorithms. Default RS256, PS256, ES256, EdDSA. */
  readonly algorithms?: readonly Algorithm[];
  /** Clock tolerance for `exp` and `nbf`, in seconds, 0 to 60. Default 5. */
  readonly clockToleranceSec?: number;
  /** Length of the longest accepted JWT in characters, 1,024 to 65,536. Default 16,384. */
  readonly maxLength?: number;
  /** How keys are fetched and kept. */
  readonly keyOptions?: KeyOptions;
  /** Hosts whose keys may be fetched over http, besides loopback. Default: none. */
  readonly allowHttp?: readonly string[];
  /** The clock. Default: the machine's. */
  readonly clock?: Clock;
  /** Makes the requests for metadata and keys. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Receives the events about keys, such as `keys.refresh_failed`. */
  readonly onEvent?: EventListener;
}

/** Verifies JWTs of one kind and one issuer. */
export interface SignedJwtVerifier {
  /**
   * Resolves with header and claims. Rejects with an `AuthError`: with the code `temporarily_unavailable` when the keys
   * are not available, or may not be fetched yet to look for a new key that may have signed the JWT; and with another
   * code when the JWT is not valid. Its `reason` says why.
   */
  verify(jwt: string): Promise<SignedJwt>;
  /** Resolves once the keys are loaded. Rejects with `keys_unavailable`, or with the reason of `signal`. */
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
 * Makes a verifier for signed JWTs that are **not access tokens**: security events (RFC 8417), logout tokens, client
 * assertions. It gives header and claims, never a principal.
 *
 * Checks the form (RFC 7515 §7.1), `typ`, `iss`, the algorithm, the signature by the issuer's keys, and `exp` and `nbf`
 * if they are present. Does not check `aud`, the value of `iat`, `jti`, whether `exp` is present, whether the JWT was
 * seen before, nor what its claims mean. All of that depends on the kind of JWT, and your code must check it.
 *
 * Set `typ` to the one type of this kind of JWT, so that an access token is not accepted as another kind of JWT, and
 * not the other way round (RFC 8725 §3.11).
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
      `clockToleranceSec must be a number of seconds from 0 to ${MAX_CLOCK_TOLERANCE_SEC}. Write: clockToleranceSec: 5`,
    );
  }
  const { maxLength = MAX_TOKEN_LENGTH, allowHttp } = options;
  if (!(Number.isSafeInteger(maxLength) && maxLength >= MIN_LENGTH && maxLength <= SCRATCH_BYTES)) {
    throw new ConfigurationError(
      `maxLength must be a whole number of characters from ${MIN_LENGTH} to ${SCRATCH_BYTES}. Write: maxLength: ${MAX_TOKEN_LENGTH}`,
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
    "keys must be 'discovery' (of an issuer that is a URL), { jwks }, { jwksUri } or the keys of a preset. Write: keys: { jwksUri: 'https://as.acme.com/jwks' }",
  );
}

/** Whether these are the `keys` of a preset, which has checked them. */
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
  // `null` alone is not enough: then a JWT of any kind without `typ` would be accepted.
  if (types.some((type) => type !== null) && !types.includes('')) return Object.freeze(types);
  throw new ConfigurationError(
    "typ must be the type of the JWTs: without it, JWTs of another kind would be accepted. Write: typ: 'secevent+jwt'",
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
    `algorithms must be a list of ${ALGORITHMS.join(', ')}. Write: algorithms: ['${DEFAULT_ALGORITHMS.join("', '")}']`,
  );
}
