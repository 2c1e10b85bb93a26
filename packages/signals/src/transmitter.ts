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

/** Whom the events of a stream are for: values of `aud`, one of which has to be there, or how one begins. */
export type EventAudience = string | readonly string[] | { readonly prefix: string };

/** Who sends security events, and what is believed of them. */
export interface TransmitterOptions {
  /**
   * `iss` of the events: the transmitter's URL, with `jwksUri` or `jwks`; or the preset of an issuer that is
   * its own transmitter, `keycloak('…')`, which brings its keys, and says whether tokens carry sessions.
   */
  readonly issuer: string | Provider;
  /**
   * `aud` of the events. `{ prefix: 'ssf-receiver/' }` where the rest is known only once the stream is made
   * (Keycloak: `<client id>/<stream id>`); it ends with a slash, and the rest has none.
   */
  readonly audience: EventAudience;
  /**
   * The `Authorization` header that the stream was made with (`authorization_header`), the whole value; a list
   * while one replaces another. `null` for a stream without one: then anybody may have signatures checked.
   */
  readonly authorization: string | readonly string[] | null;
  /** Where the transmitter's JWK set is: `jwks_uri` of its SSF configuration. */
  readonly jwksUri?: string | undefined;
  /** The JWK set itself: nothing is fetched. */
  readonly jwks?: JsonWebKeySet | undefined;
  /**
   * Issuers whose tokens the transmitter may revoke, by their `iss` or their preset. Default: its own alone. It
   * replaces the default.
   */
  readonly speaksFor?: readonly (string | Provider)[] | undefined;
  /** Accepted algorithms. Default RS256, PS256, ES256, EdDSA, or what the preset states. */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /**
   * Whether a verification event may have this `state`: one that you asked the transmitter for. An event without
   * `state` is the transmitter's own, and is not asked about. Without it every state is accepted.
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
  /** By the issuers that it speaks for: whether their access tokens carry `sid`; `undefined` where it is not known. */
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
    'where the keys of the transmitter are, or jwks the set itself, one of the two',
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
  // Digests have one length, and the time that comparing them takes does not tell where two texts differ.
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
    // Without the slash, `orders/` of one receiver would take what is for `orders-archive/`, too.
    if (typeof prefix === 'string' && prefix.length > 1 && prefix.endsWith('/')) {
      // Nor is a second slash ours: `orders/archive` may be the name of another receiver.
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
    'a text, a list of texts, or { prefix } with a slash at its end',
    "audience: { prefix: 'orders-api/' }",
  );
}

function issuersOf(list: readonly (string | Provider)[]): Transmitter['issuers'] {
  if (!Array.isArray(list) || list.length === 0) {
    throw mistake('speaksFor', 'a list of issuers', "speaksFor: ['https://acme.eu.auth0.com/']");
  }
  // Whether tokens of an issuer that is given by its name alone carry sessions is not known.
  return new Map(
    list.map((each) => [
      issuerOf(each, 'speaksFor'),
      { hasSessions: typeof each === 'string' ? undefined : each.sidInAccessTokens === true },
    ]),
  );
}

function mistake(option: string, is: string, line: string): ConfigurationError {
  return new ConfigurationError(
    `securityEvents(): ${option} of a transmitter is ${is}. Write: ${line}`,
  );
}
