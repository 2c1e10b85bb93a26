import {
  type AuthEvent,
  type HandlerRequest,
  type HandlerResponse,
  type HttpHandler,
  memoryRevocations,
  type Revocations,
} from '@authly/core';
import { type AudienceProvider, rfc9068 } from '@authly/core/providers';
import type {
  BackChannelLogoutOptions,
  SecurityEvent,
  SecurityEventOutcome,
  SecurityEventsOptions,
  SignalHandler,
  TransmitterOptions,
} from '@authly/signals';
import {
  aClock,
  compactJws,
  type FakeClock,
  ISSUER,
  issuerKey,
  jwks,
  NOW,
  type TestKey,
} from './tokens.ts';

export const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
export const RISC = 'https://schemas.openid.net/secevent/risc/event-type/';
export const OAUTH = 'https://schemas.openid.net/secevent/oauth/event-type/';
export const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/';

/** `aud` of events, the stream's `Authorization`, and the client that logout tokens are for. */
export const RECEIVER = 'https://receiver.example.com';
export const AUTHORIZATION = 'Bearer the-secret-of-the-stream';
export const CLIENT_ID = 'web-app';

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** The subject `ada` at {@link ISSUER}. */
export const ADA = { format: 'iss_sub', iss: ISSUER, sub: 'ada' } as const;

/** The claims of a good event: all sessions of `ada` ended, five seconds ago. */
export const EVENT_CLAIMS = {
  iss: ISSUER,
  aud: RECEIVER,
  iat: NOW,
  jti: 'event-1',
  sub_id: ADA,
  events: { [`${CAEP}session-revoked`]: { event_timestamp: NOW - 5 } },
} as const;

/** The claims of a good logout token: session `s1` of `ada`. */
export const LOGOUT_CLAIMS = {
  iss: ISSUER,
  aud: CLIENT_ID,
  iat: NOW,
  exp: NOW + 120,
  jti: 'logout-1',
  sub: 'ada',
  sid: 's1',
  events: { [LOGOUT_EVENT]: {} },
} as const;

/** A security event with {@link EVENT_CLAIMS}, but for what is given. */
export function anEvent(
  claims: object = {},
  header: object = {},
  key: TestKey = issuerKey,
): string {
  const parameters = { alg: key.algorithm, kid: key.kid, typ: 'secevent+jwt', ...header };
  return compactJws(parameters, { ...EVENT_CLAIMS, ...claims }, key);
}

/** A security event of one type about a subject. */
export function anEventOf(type: string, subject: unknown = ADA, payload: object = {}): string {
  return anEvent({ sub_id: subject, events: { [type]: payload } });
}

/** A logout token with {@link LOGOUT_CLAIMS}, but for what is given. */
export function aLogoutToken(
  claims: object = {},
  header: object = {},
  key: TestKey = issuerKey,
): string {
  const parameters = { alg: key.algorithm, kid: key.kid, typ: 'logout+jwt', ...header };
  return compactJws(parameters, { ...LOGOUT_CLAIMS, ...claims }, key);
}

/** A transmitter that speaks for {@link ISSUER}. */
export function aTransmitter(options: Partial<TransmitterOptions> = {}): TransmitterOptions {
  return { issuer: ISSUER, audience: RECEIVER, jwks, authorization: AUTHORIZATION, ...options };
}

/** A handler with what it did to its surroundings. */
export interface Watched {
  readonly handler: SignalHandler;
  readonly revocations: Revocations;
  readonly clock: FakeClock;
  /** The events that `onEvent` got, without those about keys. */
  readonly events: AuthEvent[];
}

/** What an event is given to, beside the handler: what `onSecurityEvent` was told. */
export interface WatchedEvents extends Watched {
  readonly told: (readonly [event: SecurityEvent, outcome: SecurityEventOutcome])[];
}

/** Options of `securityEvents`; `transmitter` is for the one that there is by default. */
export type SomeSecurityEventsOptions = Partial<SecurityEventsOptions> & {
  readonly transmitter?: Partial<TransmitterOptions>;
};

/**
 * Makes security events over a store in memory, whose clock stands, by the `securityEvents` that is given: the
 * package's own unit tests have theirs.
 */
export function securityEventsBy(
  securityEvents: (options: SecurityEventsOptions) => SignalHandler,
): (options?: SomeSecurityEventsOptions) => WatchedEvents {
  return ({ transmitter, ...rest } = {}) => {
    const surroundings = aStore();
    const told: (readonly [SecurityEvent, SecurityEventOutcome])[] = [];
    const handler = securityEvents({
      transmitters: [aTransmitter(transmitter)],
      revocations: surroundings.revocations,
      clock: surroundings.clock,
      onSecurityEvent: (...args) => void told.push(args),
      onEvent: surroundings.onEvent,
      ...rest,
    });
    return { ...surroundings, handler, told };
  };
}

/** The same for back-channel logout. Access tokens carry `sid`. */
export function logoutBy(
  backChannelLogout: (options: BackChannelLogoutOptions) => SignalHandler,
): (options?: Partial<BackChannelLogoutOptions>) => Watched {
  return (options = {}) => {
    const surroundings = aStore();
    const handler = backChannelLogout({
      issuer: anIssuer(),
      clientId: CLIENT_ID,
      revocations: surroundings.revocations,
      clock: surroundings.clock,
      sidInAccessTokens: true,
      onEvent: surroundings.onEvent,
      ...options,
    });
    return { ...surroundings, handler };
  };
}

/** {@link ISSUER}, by a preset that does not say whether access tokens carry `sid`. */
export function anIssuer(): AudienceProvider {
  return rfc9068({ issuer: ISSUER, jwks });
}

function aStore() {
  const clock = aClock();
  const events: AuthEvent[] = [];
  const onEvent = (event: AuthEvent) => {
    if (!event.type.startsWith('keys.')) events.push(event);
  };
  return { clock, events, onEvent, revocations: memoryRevocations({ clock }) };
}

/** What a request has beside its body. */
export interface SignalRequestParts {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly parsedBody?: unknown;
}

/** A request with a body to a handler, without a framework. */
function aRequest(
  body: string,
  { method = 'POST', headers = {}, parsedBody }: SignalRequestParts,
): HandlerRequest {
  return {
    method,
    path: '/',
    query: '',
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    peerAddress: undefined,
    clientAddress: undefined,
    peerCertificate: () => undefined,
    parsedBody,
    stream: piecesOf(body),
  };
}

async function* piecesOf(body: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(body);
}

/** Pushes an event as a transmitter does (RFC 8935 §2.1). */
export function push(
  handler: HttpHandler,
  jwt: string,
  { headers, ...parts }: SignalRequestParts = {},
): Promise<HandlerResponse> {
  const sent = {
    'content-type': 'application/secevent+jwt',
    authorization: AUTHORIZATION,
    ...headers,
  };
  return answerOf(handler, aRequest(jwt, { headers: sent, ...parts }));
}

/** Posts a logout token as a provider does. */
export function logOut(
  handler: HttpHandler,
  jwt: string,
  { headers, ...parts }: SignalRequestParts & { readonly form?: string } = {},
): Promise<HandlerResponse> {
  const sent = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
  const body = parts.form ?? new URLSearchParams({ logout_token: jwt }).toString();
  return answerOf(handler, aRequest(body, { headers: sent, ...parts }));
}

async function answerOf(handler: HttpHandler, request: HandlerRequest): Promise<HandlerResponse> {
  const answer = await handler(request);
  if (answer === undefined) throw new Error('The handler did not answer');
  return answer;
}

/** The store's marks in short: `subject until 5 s before now`. */
export async function marksOf({
  revocations,
}: Pick<Watched, 'revocations'>): Promise<readonly string[]> {
  const marks = await revocations.list();
  return marks.map(({ kind, issuedBefore }) =>
    issuedBefore === undefined ? kind : `${kind} ${issuedBefore - NOW}`,
  );
}
