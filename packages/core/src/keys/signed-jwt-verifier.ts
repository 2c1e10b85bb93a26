import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { createEventSink } from '../lib/event-sink.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { EventListener } from '../model/events.ts';
import { ALGORITHMS, type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import { createKeySet } from './create-key-set.ts';
import { issuerDocuments } from './issuer-documents.ts';
import { type KeyOptions, resolveKeyOptions } from './key-options.ts';
import type { JsonWebKeySet, KeySource } from './key-set.ts';
import { createSignedJwtCheck, type SignedJwt } from './signed-jwt.ts';

/** Where the keys of a signer come from: its metadata, an address, or the set itself. */
export type SignerKeys =
  | 'discovery'
  | { readonly jwks: JsonWebKeySet; readonly jwksUri?: never }
  | { readonly jwks?: never; readonly jwksUri: string };

/** Options of {@link createSignedJwtVerifier}. */
export interface SignedJwtVerifierOptions {
  /** `iss` of the JWTs, exactly as they carry it. */
  readonly issuer: string;
  /** `typ` of the JWTs: `secevent+jwt`, `logout+jwt`. One or more; without case, `application/` optional. */
  readonly typ: string | readonly string[];
  /** Default `discovery`: OpenID's metadata or that of RFC 8414. */
  readonly keys?: SignerKeys;
  /** Default RS256, PS256, ES256, EdDSA. */
  readonly algorithms?: readonly Algorithm[];
  /** Tolerance for `exp` and `nbf`, in seconds, 0 to 60. Default 5. */
  readonly clockToleranceSec?: number;
  /** How keys are fetched and kept. */
  readonly keyOptions?: KeyOptions;
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
  keyOptions: true,
  clock: true,
  fetch: true,
  onEvent: true,
};

const READY_OPTIONS: OptionNames<{ readonly signal?: AbortSignal }> = { signal: true };

const LINE =
  "createSignedJwtVerifier({ issuer: 'https://as.acme.com', typ: 'secevent+jwt', keys: 'discovery' })";
const MAX_CLOCK_TOLERANCE_SEC = 60;

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
  const keySet = createKeySet(sourceOf(issuer, keys), {
    issuer,
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
    const { jwks, jwksUri } = checkOptions('keys', given, { jwks: true, jwksUri: true }) as {
      jwks?: JsonWebKeySet;
      jwksUri?: unknown;
    };
    if (typeof jwks === 'object' && jwksUri === undefined) return { kind: 'static', jwks };
    if (typeof jwksUri === 'string' && jwks === undefined) return { kind: 'jwks', url: jwksUri };
  }
  throw new ConfigurationError(
    "keys is 'discovery' (of an issuer that is a URL), { jwks } or { jwksUri }. Write: keys: { jwksUri: 'https://as.acme.com/jwks' }",
  );
}

function typesOf(typ: string | readonly string[]): readonly string[] {
  const list: readonly unknown[] = Array.isArray(typ) ? typ : [typ];
  const types = list.map((type) =>
    typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : '',
  );
  if (types.length > 0 && !types.includes('')) return Object.freeze(types);
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
