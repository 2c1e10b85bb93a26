import {
  ConfigurationError,
  checkOptions,
  type HandlerRequest,
  type HandlerResponse,
  isFormError,
  memoryReplayStore,
  readBody,
  type SignalFault,
} from '@authly/core';
import { createEventSink, isThenable } from '@authly/core/adapter';
import { textOf } from './claim-readers.ts';
import { type EventTargets, eventTargets } from './event-targets.ts';
import { type EventType, eventType, VERIFICATION } from './event-types.ts';
import { resolvedTargets } from './resolved-targets.ts';
import { readSecurityEvent, type SecurityEvent } from './security-event.ts';
import {
  SECURITY_EVENTS_OPTIONS,
  type SecurityEventOutcome,
  type SecurityEventsOptions,
} from './security-events-options.ts';
import { EVENT_ANSWERS } from './signal-answers.ts';
import { type SignalHandler, signalHandler } from './signal-handler.ts';
import { checkStores, verifierOptions } from './signal-options.ts';
import { createSignalStores, markFault, type SignalTarget } from './signal-stores.ts';
import {
  createTransmitter,
  TRANSMITTER_LINE,
  type Transmitter,
  type TransmitterOptions,
} from './transmitter.ts';
import { verifySignal } from './verify-signal.ts';
import { withinLimit } from './within-limit.ts';

const LINE = `securityEvents({ transmitters: [${TRANSMITTER_LINE}], revocations })`;
const SOURCE = 'security_event';
/** RFC 8935 §2.1. */
const CONTENT_TYPE = /^application\/secevent\+jwt[ \t]*(?:;|$)/i;

/**
 * The endpoint for security events (RFC 8417) that a transmitter pushes (RFC 8935), as the Shared Signals
 * Framework 1.0, CAEP and RISC have them: `app.post('/events', mount(securityEvents({ … })))`.
 *
 * Answers 202 after the marks of an event are stored, and 503 where they cannot be stored, so that the event is
 * sent again. Marks have the time of the event, so late and repeated events change nothing.
 *
 * Checks: method, content type, size, the stream's `Authorization`, `typ`, `iss`, algorithm and signature,
 * `aud`, and the claims of RFC 8417 and SSF (`sub` and `exp` must not be there, `events` has one member). The
 * subject must belong to an issuer whose tokens the transmitter may revoke. Does not check how old an event is,
 * and requests no URL in it. It does not create the stream: do that at the transmitter.
 *
 * @throws ConfigurationError for options that are missing, unknown or not right.
 */
export function securityEvents(options: SecurityEventsOptions): SignalHandler {
  const given = checkOptions('securityEvents()', options, SECURITY_EVENTS_OPTIONS, LINE);
  const { revocations, resolveSubject, onSecurityEvent, clock } = given;
  checkStores('securityEvents()', given, LINE);
  checkFunctions({ resolveSubject, onSecurityEvent });
  const transmitters = transmittersOf(given);
  const events = createEventSink(given.onEvent);
  const replay = given.replay ?? memoryReplayStore(clock === undefined ? {} : { clock });
  const stores = createSignalStores({ revocations, replay }, events);

  async function received(request: HandlerRequest): Promise<Transmitted | Fault> {
    if (request.method !== 'POST') return faultOf('method_not_allowed');
    const contentType = request.header('content-type');
    if (typeof contentType !== 'string' || !CONTENT_TYPE.test(contentType)) {
      return faultOf('content_type_unsupported');
    }
    const authorization = request.header('authorization');
    const candidates = transmitters.filter((each) => each.isAuthorized(authorization));
    if (candidates.length === 0) return faultOf('authorization_mismatch');
    const jwt = await bodyOf(request);
    if (typeof jwt === 'object') return jwt;
    for (const transmitter of candidates) {
      const verified = await verifySignal(transmitter.verifier, jwt);
      if (verified === 'issuer_unknown') continue;
      if (typeof verified === 'string') return faultOf(verified);
      const { issuer } = transmitter;
      if (!transmitter.isAudience(verified.claims)) return faultOf('audience_mismatch', issuer);
      const event = readSecurityEvent(issuer, verified.claims);
      return typeof event === 'string' ? faultOf(event, issuer) : { transmitter, event };
    }
    return faultOf('issuer_unknown');
  }

  async function act({ transmitter, event }: Transmitted): Promise<Fault | undefined> {
    const { issuer } = transmitter;
    const type = eventType(event.type);
    const unexpected = await stateFault(transmitter, event);
    if (unexpected !== undefined) return faultOf(unexpected, issuer);
    const found = await targetsOf(event, type, transmitter);
    if (found === undefined) return faultOf('lookup_unavailable', issuer);
    const targets = 'targets' in found ? found.targets : [];
    try {
      // The marks first: if only the id were remembered, the repeated event would be ignored, and the revocation lost.
      const made = { issuedBefore: event.occurredAt, holder: issuer };
      const marks = await stores.mark(targets, made);
      if (!(await stores.isFirst({ source: SOURCE, issuer, id: event.id }))) return undefined;
      const unmapped = 'unmapped' in found ? found.unmapped : undefined;
      report({ issuer, event: type.name, unmapped, kinds: targets.map(({ kind }) => kind) });
      tell(event, { marks, unmapped });
      return undefined;
    } catch (error) {
      return faultOf(markFault(error), issuer);
    }
  }

  /** What the event revokes, or why nothing; `undefined` when `resolveSubject` throws or takes too long. */
  async function targetsOf(
    event: SecurityEvent,
    type: EventType,
    transmitter: Transmitter,
  ): Promise<EventTargets | undefined> {
    if (type.revokes.length === 0) return { targets: [] };
    const found = eventTargets(event.subject, type, transmitter);
    const isForOthers = 'targets' in found || found.unmapped === 'issuer_not_spoken_for';
    if (isForOthers || resolveSubject === undefined) return found;
    try {
      const answer = await withinLimit(() => resolveSubject(event.subject, event));
      return answer === undefined ? found : resolvedTargets(answer, transmitter);
    } catch {
      return undefined;
    }
  }

  function report({ issuer, event, unmapped, kinds }: Report): void {
    if (unmapped === undefined) {
      events.emit({ type: 'signal.accepted', source: SOURCE, issuer, event, marks: kinds });
    } else {
      events.emit({
        type: 'revocation.unmapped',
        source: SOURCE,
        issuer,
        event,
        cause: unmapped,
      });
    }
  }

  function tell(event: SecurityEvent, outcome: SecurityEventOutcome): void {
    if (onSecurityEvent === undefined) return;
    const failed = () => events.emit({ type: 'signal.listener_failed', issuer: event.issuer });
    try {
      const told: unknown = onSecurityEvent(event, Object.freeze(outcome));
      if (isThenable(told)) Promise.resolve(told).catch(failed);
    } catch {
      failed();
    }
  }

  async function handle(request: HandlerRequest): Promise<HandlerResponse> {
    const transmitted = await received(request);
    const fault = 'reason' in transmitted ? transmitted : await act(transmitted);
    if (fault === undefined) return EVENT_ANSWERS.accepted;
    events.emit({ type: 'signal.refused', source: SOURCE, ...fault });
    return EVENT_ANSWERS.refused(fault.reason);
  }

  return signalHandler(
    handle,
    transmitters.map(({ verifier }) => verifier),
  );
}

interface Transmitted {
  readonly transmitter: Transmitter;
  readonly event: SecurityEvent;
}

/** What listeners get for an event, once. */
interface Report extends Pick<SecurityEventOutcome, 'unmapped'> {
  readonly issuer: string;
  /** The name of its type. */
  readonly event: string;
  /** What was revoked. */
  readonly kinds: readonly SignalTarget['kind'][];
}

interface Fault {
  readonly reason: SignalFault;
  /** Once the signature holds. */
  readonly issuer?: string;
}

function faultOf(reason: SignalFault, issuer?: string): Fault {
  return issuer === undefined ? { reason } : { reason, issuer };
}

async function bodyOf(request: HandlerRequest): Promise<string | Fault> {
  try {
    return await readBody(request);
  } catch (error) {
    if (isFormError(error)) return faultOf(error.reason);
    throw error;
  }
}

/** What is wrong with the state of a verification event, if anything; other events have none. */
async function stateFault(
  { expectsState }: Transmitter,
  event: SecurityEvent,
): Promise<SignalFault | undefined> {
  const { type, payload } = event;
  const hasState = type === VERIFICATION && Object.hasOwn(payload, 'state');
  if (!hasState || expectsState === undefined) return undefined;
  const state = textOf(payload, 'state');
  if (state === undefined) return 'state_unexpected';
  try {
    const isExpected: unknown = await withinLimit(() => expectsState(state, event));
    return isExpected === true ? undefined : 'state_unexpected';
  } catch {
    return 'lookup_unavailable';
  }
}

function transmittersOf(options: SecurityEventsOptions): readonly Transmitter[] {
  const { transmitters } = options;
  if (!Array.isArray(transmitters) || transmitters.length === 0) {
    throw new ConfigurationError(
      `securityEvents(): transmitters must be a list of those who send events. Write: ${LINE}`,
    );
  }
  const common = verifierOptions(options);
  const made = transmitters.map((each: TransmitterOptions) => createTransmitter(each, common));
  const issuers = made.map(({ issuer }) => issuer);
  const twice = issuers.find((issuer, index) => issuers.indexOf(issuer) !== index);
  if (twice === undefined) return made;
  throw new ConfigurationError(
    `securityEvents(): two transmitters have the issuer ${twice}. List it once; audience and authorization may be lists. Write: audience: ['a', 'b']`,
  );
}

function checkFunctions(given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || typeof value === 'function') continue;
    throw new ConfigurationError(
      `securityEvents(): ${name} must be a function. Write: ${name}: (…) => { … }, or leave it out`,
    );
  }
}
