/** What an event can revoke. */
export type EventTarget = 'token' | 'session' | 'subject' | 'client';

/** What is done with events of one type. */
export interface EventType {
  /** The last part of the URI, for events and logs; `other` for a type that is not known. */
  readonly name: string;
  /** What is revoked, by the form of the subject; empty for an event that is only reported. */
  readonly revokes: readonly EventTarget[];
}

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
const RISC = 'https://schemas.openid.net/secevent/risc/event-type/';
const OAUTH = 'https://schemas.openid.net/secevent/oauth/event-type/';
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/';

/** The event by which a transmitter shows that a stream works (Shared Signals Framework 1.0 §8.1.4). */
export const VERIFICATION: string = `${SSF}verification`;

/** The event types of CAEP 1.0, RISC 1.0 and OAuth that revoke, and what they may be about. */
const REVOKING: readonly (readonly [
  base: string,
  name: string,
  revokes: readonly EventTarget[],
])[] = [
  [CAEP, 'session-revoked', ['session', 'subject', 'token']],
  [RISC, 'account-disabled', ['subject']],
  [RISC, 'account-purged', ['subject']],
  [RISC, 'sessions-revoked', ['subject']],
  [RISC, 'credential-compromise', ['subject']],
  [OAUTH, 'token-revoked', ['token']],
  [OAUTH, 'tokens-revoked', ['subject']],
  [OAUTH, 'client-disabled', ['client']],
];

/** Events that are reported and revoke nothing. The application decides whether they should. */
const TOLD: readonly (readonly [base: string, names: readonly string[]])[] = [
  [
    CAEP,
    [
      'token-claims-change',
      'credential-change',
      'assurance-level-change',
      'device-compliance-change',
      'session-established',
      'session-presented',
      'risk-level-change',
    ],
  ],
  [
    RISC,
    [
      'account-credential-change-required',
      'account-enabled',
      'identifier-changed',
      'identifier-recycled',
      'opt-in',
      'opt-out-initiated',
      'opt-out-cancelled',
      'opt-out-effective',
      'recovery-activated',
      'recovery-information-changed',
    ],
  ],
  [OAUTH, ['token-issued', 'client-credential-changed']],
  [SSF, ['verification', 'stream-updated']],
];

const NOTHING: readonly EventTarget[] = Object.freeze([]);

const TYPES: ReadonlyMap<string, EventType> = new Map<string, EventType>([
  ...REVOKING.map(([base, name, revokes]) => entry(base, { name, revokes })),
  ...TOLD.flatMap(([base, names]) => names.map((name) => entry(base, { name, revokes: NOTHING }))),
]);

const OTHER: EventType = Object.freeze({ name: 'other', revokes: NOTHING });

/** What is done with events of a type. An unknown type revokes nothing. */
export function eventType(uri: string): EventType {
  return TYPES.get(uri) ?? OTHER;
}

function entry(base: string, type: EventType): readonly [string, EventType] {
  return [`${base}${type.name}`, Object.freeze(type)];
}
