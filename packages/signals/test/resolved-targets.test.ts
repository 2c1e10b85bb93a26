import { describe, expect, it } from 'vitest';
import { resolvedTargets } from '../src/resolved-targets.ts';

const A = 'https://a';
const transmitter = { issuers: new Map([[A, { hasSessions: true }]]) };
const resolved = (answer: unknown) => resolvedTargets(answer, transmitter);

const TARGETS = [
  { kind: 'subject', issuer: A, subject: 'ada' },
  { kind: 'session', issuer: A, sessionId: 's1' },
  { kind: 'client', issuer: A, clientId: 'c1' },
  { kind: 'token', issuer: A, tokenId: 't1' },
  { kind: 'token', token: 'a.b.c' },
  { kind: 'principal', principalKey: 'user:a:ada' },
];

describe('the result of resolveSubject', () => {
  it.each(TARGETS)('is accepted: %j', (target) => {
    expect(resolved(target)).toEqual({ targets: [target] });
    expect(resolved([target, target])).toEqual({ targets: [target, target] });
  });

  it('may be an empty list, which means nothing', () => {
    expect(resolved([])).toEqual({ unmapped: 'subject_unknown' });
  });

  it('is ignored if it names an issuer for which the transmitter may not speak', () => {
    const [subject, session, client, token] = TARGETS;
    for (const target of [subject, session, client, token]) {
      const foreign = { ...target, issuer: 'https://b' };
      expect(resolved(foreign)).toEqual({ unmapped: 'issuer_not_spoken_for' });
      expect(resolved([foreign, target])).toEqual({ targets: [target] });
    }
  });

  it.each([
    null,
    true,
    'ada',
    [[]],
    [undefined],
    {},
    { kind: 'issuer', issuer: A },
    { kind: 'user', issuer: A, subject: 'ada' },
    { kind: 'principal' },
    { kind: 'principal', principalKey: '' },
    { kind: 'principal', principalKey: 'ada' },
    { kind: 'subject', issuer: A },
    { kind: 'subject', subject: 'ada' },
    { kind: 'session', issuer: A },
    { kind: 'session', sessionId: 's1' },
    { kind: 'client', issuer: A },
    { kind: 'client', clientId: 'c1' },
    { kind: 'token' },
    { kind: 'token', issuer: A },
    { kind: 'token', tokenId: 't1' },
    { kind: 'token', issuer: A, tokenId: 't1', token: 'a.b.c' },
    { kind: 'token', issuer: A, token: 'a.b.c' },
    { kind: 'subject', issuer: A, subject: 7 },
  ])('is reported as a mistake of the application: %j', (answer) => {
    expect(() => resolved(answer)).toThrow(TypeError);
    expect(() => resolved([TARGETS[0], answer])).toThrow('resolveSubject must return');
  });
});
