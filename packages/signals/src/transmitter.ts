import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type Algorithm,
  ConfigurationError,
  checkOptions,
  type JsonWebKeySet,
  type OptionNames,
  type Provider,
} from '@authly/core';
import {
  createSignedJwtVerifier,
  type SignedJwtVerifier,
  type SignedJwtVerifierOptions,
  type SignerKeys,
} from '@authly/core/jwt';
import { audiencesOf, isObject } from './claim-readers.ts';
import type { SecurityEvent } from './security-event.ts';

/** The audience of a stream's events: values of `aud`, one of which must be there, or the beginning of a value. */
export type EventAudience = string | readonly string[] | { readonly prefix: string };

/** A sender of security events, and what it may revoke. */
export interface TransmitterOptions {
  /**
   * `iss` of the events: the transmitter's URL, together with `jwksUri` or `jwks`. Or a preset, such as
   * `keycloak('…')`, of an issuer that is its own transmitter: the preset knows its keys, and whether tokens
   * carry sessions.
   */
  readonly issuer: string | Provider;
  /**
   * `aud` of the events. `{ prefix: 'ssf-receiver/' }` where only the beginning is known before the stream is
   * made (Keycloak: `<client id>/<stream id>`). The prefix ends with a slash, and the rest of `aud` must have
   * none.
   */
  readonly audience: EventAudience;
  /**
   * The whole `Authorization` header that was set when the stream was made (`authorization_header`); a list
   * while a new value replaces an old one. `null` for a stream without a header: then anybody can make this API
   * verify signatures.
   */
  readonly authorization: string | readonly string[] | null;
  /** Where the transmitter's JWK set is: `jwks_uri` of its SSF configuration. */
  readonly jwksUri?: string | undefined;
  /** The JWK set itself: nothing is fetched. */
  readonly jwks?: JsonWebKeySet | undefined;
  /**
   * Issuers whose tokens the transmitter may revoke, by their `iss` or their preset. Default: only the
   * transmitter itself. A list replaces this default.
   */
  readonly speaksFor?: readonly (string | Provider)[] | undefined;
  /** Accepted algorithms. Default RS256, PS256, ES256, EdDSA, or what the preset states. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /**
   * Whether a verification event may have this `state`: `true` for a state with which you asked for
   * verification. It is not called for an event without `state`, which the transmitter sends by itself. Left
   * out: every state is accepted.
   */
  readonly expectsState?:
    | ((state: string, event: SecurityEvent) => boolean | Promise<boolean>)
    | undefined;
}

/** A transmitter as requests need it. */
export interface Transmitter extends Pick<TransmitterOptions, 'expectsState'> {
  readonly issuer: string;
  readonly verifier: SignedJwtVerifier;
  /** Whether a request's `Authorization` header is the stream's, in constant time. */
  isAuthorized(header: string | readonly string[] | undefined): boolean;
  /** Whether events are for us. */
  isAudience(claims: Readonly<Record<string, unknown>>): boolean;
  /**
   * For each issuer whose tokens it may revoke: whether access tokens carry `sid`; `undefined` where that is
   * not known.
   */
  readonly issuers: ReadonlyMap<string, { readonly hasSessions: boolean | undefined }>;
}

/** What verifiers of all transmitters have in common. */
export type CommonVerifierOptions = Pick<
  SignedJwtVerifierOptions,
  'keyOptions' | 'allowHttp' | 'clock' | 'fetch' | 'onEvent'
>;

const OPTIONS: OptionNames<TransmitterOptions> = {
  issuer: true,
  audience: true,
  authorization: true,
  jwksUri: true,
  jwks: true,
  speaksFor: true,
  algorithms: true,
  expectsState: true,
};

/** What an entry has to be. */
export const TRANSMITTER_LINE: string =
  "{ issuer: 'https://sso.acme.com/realms/acme', audience: { prefix: 'orders-api/' }, jwksUri: 'https://…', authorization: 'Bearer …' }";

const EVENT_TYPE = 'secevent+jwt';
/** As long as a body may be. */
const MAX_LENGTH = 65_536;

/** Checks the options of a transmitter. Throws `ConfigurationError`. */
export function createTransmitter(
  options: TransmitterOptions,
  common: CommonVerifierOptions,
): Transmitter {
  const given = checkOptions('An entry of transmitters', options, OPTIONS, TRANSMITTER_LINE);
  const { algorithms, expectsState, speaksFor } = given;
  const preset = typeof given.issuer === 'object' ? given.issuer : undefined;
  const issuer = issuerOf(given.issuer, 'issuer');
  if (expectsState !== undefined && typeof expectsState !== 'function') {
    throw mistake('expectsState', 'a function', 'expectsState: (state) => asked.has(state)');
  }
  const accepted = algorithms ?? preset?.algorithms;
  return Object.freeze<Transmitter>({
    issuer,
    expectsState,
    verifier: createSignedJwtVerifier({
      ...common,
      ...(preset?.fetch && { fetch: preset.fetch }),
      ...(accepted && { algorithms: accepted }),
      issuer,
      typ: EVENT_TYPE,
      keys: keysOf(given, preset),
      maxLength: MAX_LENGTH,
    }),
    isAuthorized: authorizationCheck(given.authorization),
    isAudience: audienceCheck(given.audience),
    issuers: issuersOf(speaksFor ?? [given.issuer]),
  });
}

function issuerOf(given: unknown, option: string): string {
  const issuer = isObject(given) ? given['issuer'] : given;
  if (typeof issuer === 'string' && issuer !== '') return issuer;
  throw mistake(option, 'an issuer: its URL, or a preset', `${option}: 'https://sso.acme.com'`);
}

function keysOf({ jwks, jwksUri }: TransmitterOptions, preset: Provider | undefined): SignerKeys {
  if (jwks !== undefined && jwksUri === undefined) return { jwks };
  if (jwksUri !== undefined && jwks === undefined) return { jwksUri };
  if (preset !== undefined && jwks === undefined) return preset.keys;
  throw mistake(
    'jwksUri',
    'the URL of the key set of the transmitter. Give it, or the key set itself as jwks, and not both',
    "jwksUri: 'https://sso.acme.com/jwks'",
  );
}

function authorizationCheck(authorization: unknown): Transmitter['isAuthorized'] {
  if (authorization === null) return () => true;
  const values: readonly unknown[] = Array.isArray(authorization) ? authorization : [authorization];
  if (values.length === 0 || values.some((each) => typeof each !== 'string' || each === '')) {
    throw mistake(
      'authorization',
      'the Authorization header that the stream was made with, or null for none',
      "authorization: 'Bearer …'",
    );
  }
  // Digests are compared: they have one length, and the time does not show where two values differ.
  const digests = values.map((each) => digestOf(String(each)));
  return (header) => {
    if (typeof header !== 'string') return false;
    const given = digestOf(header);
    return digests.filter((each) => timingSafeEqual(each, given)).length > 0;
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function audienceCheck(audience: EventAudience): Transmitter['isAudience'] {
  const isOurs = ownAudience(audience);
  return (claims) => audiencesOf(claims)?.some(isOurs) === true;
}

function ownAudience(audience: unknown): (value: string) => boolean {
  if (isObject(audience)) {
    const { prefix } = checkOptions('audience', audience, { prefix: true });
    // The slash is required: a prefix `orders` would also accept events for `orders-archive/…`.
    if (typeof prefix === 'string' && prefix.length > 1 && prefix.endsWith('/')) {
      // A second slash is refused: `orders/archive` may be the name of another receiver.
      return (value) =>
        value.startsWith(prefix) &&
        value.length > prefix.length &&
        !value.includes('/', prefix.length);
    }
  } else {
    const values: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
    if (values.length > 0 && values.every((each) => typeof each === 'string' && each !== '')) {
      return (value) => values.includes(value);
    }
  }
  throw mistake(
    'audience',
    'a string, a list of strings, or { prefix } with a slash at its end',
    "audience: { prefix: 'orders-api/' }",
  );
}

function issuersOf(list: readonly (string | Provider)[]): Transmitter['issuers'] {
  if (!Array.isArray(list) || list.length === 0) {
    throw mistake('speaksFor', 'a list of issuers', "speaksFor: ['https://acme.eu.auth0.com/']");
  }
  // For an issuer that is given only by its name, it is not known whether its tokens carry sessions.
  return new Map(
    list.map((each) => [
      issuerOf(each, 'speaksFor'),
      { hasSessions: typeof each === 'string' ? undefined : each.sidInAccessTokens === true },
    ]),
  );
}

function mistake(option: string, is: string, line: string): ConfigurationError {
  return new ConfigurationError(
    `securityEvents(): ${option} of a transmitter must be ${is}. Write: ${line}`,
  );
}
