import {
  type Clock,
  type EventListener,
  type KeyOptions,
  mustBe,
  type OptionNames,
  type ReplayStore,
  type RevocationMark,
} from '@authly/core';
import type { Unmapped } from './event-targets.ts';
import type { SecurityEvent } from './security-event.ts';
import type { SignalRevocations, SignalTarget } from './signal-stores.ts';
import type { TransmitterOptions } from './transmitter.ts';

/** The result of an event, for `onSecurityEvent`. */
export interface SecurityEventOutcome {
  /** The marks that were made. */
  readonly marks: readonly RevocationMark[];
  /** Why no marks were made for an event of a type that revokes. */
  readonly unmapped: Unmapped | undefined;
}

/** Options of `securityEvents`. */
export interface SecurityEventsOptions {
  /** The senders of events, each issuer once. */
  readonly transmitters: readonly TransmitterOptions[];
  /** Where marks are made: the store of the resource server's `revocation`. */
  readonly revocations: SignalRevocations;
  /**
   * Remembers which events have come, so that `onSecurityEvent` and `onEvent` are called once for each.
   * Default: the memory of this process. Give a store that all processes share, if only one of them must be
   * called.
   */
  readonly replay?: ReplayStore | undefined;
  /**
   * Finds the user, client or session of a subject that has no such id: `email`, `phone_number`, `opaque`,
   * `account`, or a complex subject with a tenant. Called only for events that revoke. Return `undefined` for
   * an unknown subject. The transmitter must be allowed to revoke tokens of the issuer that is returned. If it
   * throws, or takes longer than two seconds, the answer is 503.
   */
  readonly resolveSubject?:
    | ((subject: unknown, event: SecurityEvent) => ResolvedSubject | Promise<ResolvedSubject>)
    | undefined;
  /**
   * Called once for every event, after its marks were made. For events that revoke nothing, your code decides
   * what to do. Its promise is not awaited, and an event does not come again when it fails
   * (`signal.listener_failed`): put events that must not be lost into a queue of your own.
   */
  readonly onSecurityEvent?:
    | ((event: SecurityEvent, outcome: SecurityEventOutcome) => void | Promise<void>)
    | undefined;
  /** Called with every event of this package; they are also on the diagnostics channel `authly`. */
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
  onEvent: mustBe.aFunction('onEvent: (event) => log.warn(event)'),
  keys: mustBe.notNull('keys: { freshForSec: 300 }'),
  allowHttp: mustBe.notNull("allowHttp: ['keycloak']"),
  clock: mustBe.aClock,
  fetch: mustBe.aFunction('fetch: nodeFetch({ ca })'),
};
