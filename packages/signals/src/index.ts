// Adding a name here makes it public.
export { type BackChannelLogoutOptions, backChannelLogout } from './back-channel-logout.ts';
export type { Unmapped } from './event-targets.ts';
export type { SecurityEvent } from './security-event.ts';
export { securityEvents } from './security-events.ts';
export type {
  ResolvedSubject,
  SecurityEventOutcome,
  SecurityEventsOptions,
} from './security-events-options.ts';
export type { SignalHandler } from './signal-handler.ts';
export type { SignalRevocations, SignalTarget } from './signal-stores.ts';
export type { EventAudience, TransmitterOptions } from './transmitter.ts';
