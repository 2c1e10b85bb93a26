import type {
  Clock,
  EventListener,
  KeyOptions,
  OptionNames,
  ReplayStore,
  RevocationMark,
} from '@authly/core';
import type { Unmapped } from './event-targets.ts';
import type { SecurityEvent } from './security-event.ts';
import type { SignalRevocations, SignalTarget } from './signal-stores.ts';
import type { TransmitterOptions } from './transmitter.ts';

/** What became of an event, for `onSecurityEvent`. */
export interface SecurityEventOutcome {
  /** The marks that were made. */
  readonly marks: readonly RevocationMark[];
  /** Why there are none, where the type of the event asks for some. */
  readonly unmapped: Unmapped | undefined;
}

/** Options of `securityEvents`. */
export interface SecurityEventsOptions {
  /** Who sends events, each issuer once. */
  readonly transmitters: readonly TransmitterOptions[];
  /** Where marks are made: the store of the resource server's `revocation`. */
  readonly revocations: SignalRevocations;
  /**
   * Remembers which events were there, so that `onSecurityEvent` and `onEvent` are told once. Default: this
   * process's memory; give a store that the processes share where each event must be told once among them.
   */
  readonly replay?: ReplayStore | undefined;
  /**
   * What the tokens of a subject are known by, for subjects that no mark can hold as they are: `email`,
   * `phone_number`, `opaque`, `account`, or a complex one with a tenant. Asked only about events that revoke.
   * `undefined` for one that is not known. A transmitter must speak for the issuer that is given. What it
   * throws, or not giving an answer within two seconds, is 503.
   */
  readonly resolveSubject?:
    | ((subject: unknown, event: SecurityEvent) => ResolvedSubject | Promise<ResolvedSubject>)
    | undefined;
  /**
   * Told of every event, once, after its marks were made: those that revoke nothing are yours to act on. It is
   * not waited for, and an event is not sent again when it fails (`signal.listener_failed`): put what must not
   * be lost into a queue of your own.
   */
  readonly onSecurityEvent?:
    | ((event: SecurityEvent, outcome: SecurityEventOutcome) => void | Promise<void>)
    | undefined;
  /** Told of what happens; also on the diagnostics channel `authly`. */
  readonly onEvent?: EventListener | undefined;
  /** How keys are fetched and kept. */
  readonly keys?: KeyOptions | undefined;
  /** Hosts whose keys may be fetched over http, beside the machine itself. Default: none. */
  readonly allowHttp?: readonly string[] | undefined;
  /** The time. Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Makes the requests for keys, unless a preset has a `fetch` of its own. Default: the global one. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** What `resolveSubject` gives. */
export type ResolvedSubject = SignalTarget | readonly SignalTarget[] | undefined;

/** The names of all options. */
export const SECURITY_EVENTS_OPTIONS: OptionNames<SecurityEventsOptions> = {
  transmitters: true,
  revocations: true,
  replay: true,
  resolveSubject: true,
  onSecurityEvent: true,
  onEvent: true,
  keys: true,
  allowHttp: true,
  clock: true,
  fetch: true,
};
