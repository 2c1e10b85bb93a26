import type { AuthEvent } from '@authly/core';
import { type NamedSubject, namedSubjects } from './event-subject.ts';
import type { EventTarget, EventType } from './event-types.ts';
import type { SignalTarget } from './signal-stores.ts';
import type { Transmitter } from './transmitter.ts';

/** Why an event that should revoke something puts no mark on anything. */
export type Unmapped = Extract<AuthEvent, { type: 'revocation.unmapped' }>['cause'];

/** What an event revokes, or why it revokes nothing. */
export type EventTargets =
  | { readonly targets: readonly SignalTarget[] }
  | { readonly unmapped: Unmapped };

/**
 * What an event puts marks on, by its type and its subject (`sub_id`): nothing is guessed. A session of an
 * issuer whose access tokens carry none is stopped by a mark on its user, who has to sign in again elsewhere,
 * too; where it is not known whether they do, by both.
 */
export function eventTargets(
  subject: unknown,
  { revokes }: Pick<EventType, 'revokes'>,
  { issuers }: Pick<Transmitter, 'issuers'>,
): EventTargets {
  const found = namedSubjects(subject).map((each) => targetOf(each, revokes, issuers));
  const targets = found.flatMap((each) => (typeof each === 'string' ? [] : each));
  if (targets.length > 0) return { targets };
  // The most telling cause first; they differ only for aliases.
  const cause = found.find((each) => each === 'issuer_not_spoken_for') ?? found.at(0);
  return { unmapped: typeof cause === 'string' ? cause : 'subject_unknown' };
}

function targetOf(
  named: NamedSubject,
  revokes: readonly EventTarget[],
  issuers: Transmitter['issuers'],
): SignalTarget | readonly SignalTarget[] | Unmapped {
  switch (named.kind) {
    case 'subject': {
      const { issuer, subject } = named;
      if (!issuers.has(issuer)) return 'issuer_not_spoken_for';
      if (revokes.includes('subject')) return { kind: 'subject', issuer, subject };
      return revokes.includes('client')
        ? { kind: 'client', issuer, clientId: subject }
        : 'subject_unknown';
    }
    case 'token': {
      const { issuer, tokenId } = named;
      if (!issuers.has(issuer)) return 'issuer_not_spoken_for';
      return revokes.includes('token') ? { kind: 'token', issuer, tokenId } : 'subject_unknown';
    }
    case 'session':
      return revokes.includes('session') ? sessionTarget(named, issuers) : 'subject_unknown';
  }
}

function sessionTarget(
  { sessionId, user }: Extract<NamedSubject, { kind: 'session' }>,
  issuers: Transmitter['issuers'],
): SignalTarget | readonly SignalTarget[] | Unmapped {
  // Whose session it is says of which issuer. Without it, it is clear only where there is one.
  const [only, ...more] = issuers.keys();
  const issuer = user?.issuer ?? (more.length === 0 ? only : undefined);
  if (issuer === undefined) return 'subject_unknown';
  const known = issuers.get(issuer);
  if (known === undefined) return 'issuer_not_spoken_for';
  const session: SignalTarget = { kind: 'session', issuer, sessionId };
  if (known.hasSessions === true) return session;
  if (user === undefined) return known.hasSessions === false ? 'no_session_in_tokens' : session;
  const subject: SignalTarget = { kind: 'subject', ...user };
  return known.hasSessions === false ? subject : [session, subject];
}
