import type { AuthEvent } from '@authly/core';
import { type NamedSubject, namedSubjects } from './event-subject.ts';
import type { EventTarget, EventType } from './event-types.ts';
import type { SignalTarget } from './signal-stores.ts';
import type { Transmitter } from './transmitter.ts';

/** Why an event that should revoke something revokes nothing. */
export type Unmapped = Extract<AuthEvent, { type: 'revocation.unmapped' }>['cause'];

/** What an event revokes, or why it revokes nothing. */
export type EventTargets =
  | { readonly targets: readonly SignalTarget[] }
  | { readonly unmapped: Unmapped };

/**
 * What an event revokes, by its type and its subject (`sub_id`). Nothing is guessed. If the access tokens of an
 * issuer carry no session id, an event about a session revokes all tokens of its user, who then has to sign
 * in again everywhere. If it is not known whether they carry one, it revokes both the session and the user.
 */
export function eventTargets(
  subject: unknown,
  { revokes }: Pick<EventType, 'revokes'>,
  { issuers }: Pick<Transmitter, 'issuers'>,
): EventTargets {
  const found = namedSubjects(subject).map((each) => targetOf(each, revokes, issuers));
  const targets = found.flatMap((each) => (typeof each === 'string' ? [] : each));
  if (targets.length > 0) return { targets };
  // A subject with several aliases may have several causes. The most informative one is returned.
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
  // The session's user tells the issuer. Without a user, the issuer is clear only if there is a single one.
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
