import { describe, expect, it } from 'vitest';
import { eventTargets } from '../src/event-targets.ts';
import type { EventTarget } from '../src/event-types.ts';

const A = 'https://a';
const B = 'https://b';
const ada = { format: 'iss_sub', iss: A, sub: 'ada' };
const adaOfB = { ...ada, iss: B };
const token = { format: 'jwt_id', iss: A, jti: 't1' };
const session = { format: 'opaque', id: 's1' };
const adasSession = { format: 'complex', user: ada, session };
const aSession = { format: 'complex', session };

const onlyA = { issuers: new Map([[A, { hasSessions: true }]]) };
const withoutSessions = { issuers: new Map([[A, { hasSessions: false }]]) };
const both = {
  issuers: new Map([
    [A, { hasSessions: true }],
    [B, { hasSessions: true }],
  ]),
};

function targets(subject: unknown, revokes: readonly EventTarget[], transmitter = onlyA) {
  return eventTargets(subject, { revokes }, transmitter);
}

describe('what an event revokes', () => {
  it.each<[string, unknown, readonly EventTarget[], object]>([
    ['a subject', ada, ['subject'], { kind: 'subject', issuer: A, subject: 'ada' }],
    ['a client', ada, ['client'], { kind: 'client', issuer: A, clientId: 'ada' }],
    ['a token', token, ['token'], { kind: 'token', issuer: A, tokenId: 't1' }],
    ['a session', adasSession, ['session'], { kind: 'session', issuer: A, sessionId: 's1' }],
    ['a session alone', aSession, ['session'], { kind: 'session', issuer: A, sessionId: 's1' }],
  ])('depends on its type and its subject: %s', (_name, subject, revokes, target) => {
    expect(targets(subject, revokes)).toEqual({ targets: [target] });
  });

  it.each<[string, unknown, readonly EventTarget[]]>([
    ['a subject, where a token is revoked', ada, ['token']],
    ['a subject, where a session is revoked', ada, ['session']],
    ['a token, where a subject is revoked', token, ['subject', 'session', 'client']],
    ['a session, where a subject is revoked', adasSession, ['subject', 'token', 'client']],
    ['a subject that names nothing', session, ['subject', 'session', 'token', 'client']],
    ['no subject', undefined, ['subject', 'session', 'token', 'client']],
  ])('is nothing if type and subject do not fit: %s', (_name, subject, revokes) => {
    expect(targets(subject, revokes)).toEqual({ unmapped: 'subject_unknown' });
  });

  it.each<[string, unknown]>([
    ['a subject', adaOfB],
    ['a token', { ...token, iss: B }],
    ['a session', { ...adasSession, user: adaOfB }],
  ])('is never of an issuer that the transmitter does not speak for: %s', (_name, subject) => {
    const all = ['subject', 'token', 'session', 'client'] as const;
    expect(targets(subject, all)).toEqual({ unmapped: 'issuer_not_spoken_for' });
    expect(targets(subject, all, both)).toMatchObject({ targets: [{ issuer: B }] });
  });

  it('is no session if its issuer is not named and there are two issuers', () => {
    expect(targets(aSession, ['session'], both)).toEqual({ unmapped: 'subject_unknown' });
  });

  it('is the user if access tokens carry no session id, and nothing if no user is named', () => {
    expect(targets(adasSession, ['session'], withoutSessions)).toEqual({
      targets: [{ kind: 'subject', issuer: A, subject: 'ada' }],
    });
    expect(targets(aSession, ['session'], withoutSessions)).toEqual({
      unmapped: 'no_session_in_tokens',
    });
  });

  it('is both if it is not known whether access tokens carry a session id', () => {
    const unknown = { issuers: new Map([[A, { hasSessions: undefined }]]) };
    const ended = { kind: 'session', issuer: A, sessionId: 's1' };
    expect(eventTargets(adasSession, { revokes: ['session'] }, unknown)).toEqual({
      targets: [ended, { kind: 'subject', issuer: A, subject: 'ada' }],
    });
    expect(eventTargets(aSession, { revokes: ['session'] }, unknown)).toEqual({ targets: [ended] });
  });

  it('is each alias that can be revoked; if none can, the cause that says most is given', () => {
    const aliases = (...identifiers: unknown[]) => ({ format: 'aliases', identifiers });
    expect(targets(aliases(adaOfB, ada, token), ['subject'])).toEqual({
      targets: [{ kind: 'subject', issuer: A, subject: 'ada' }],
    });
    expect(targets(aliases(ada, adaOfB), ['subject'], both)).toMatchObject({
      targets: [{ issuer: A }, { issuer: B }],
    });
    expect(targets(aliases(token, adaOfB), ['subject'])).toEqual({
      unmapped: 'issuer_not_spoken_for',
    });
  });
});
