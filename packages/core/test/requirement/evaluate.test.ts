import { describe, expect, it } from 'vitest';
import { REASONS } from '../../src/model/reasons.ts';
import { client, user } from '../../src/requirement/caller-kind.ts';
import { allOf, anyOf } from '../../src/requirement/combinators.ts';
import { evaluate, scopesNeeded } from '../../src/requirement/evaluate.ts';
import type { Requirement, Unmet } from '../../src/requirement/requirement.ts';
import { anyScope, scope } from '../../src/requirement/scope.ts';
import { authenticationContext } from '../../src/requirement/step-up.ts';
import { aClient, aUser, context } from './principals.ts';

/** A requirement of an application's own, whose judge answers what no typed one may. */
function answering(answer: () => unknown): Requirement {
  return { description: 'own', scopes: [], evaluate: () => answer() as Unmet | undefined };
}

describe('evaluate', () => {
  it('returns the answer of a requirement', () => {
    expect(evaluate(user(), aUser(), context)).toBeUndefined();
    expect(evaluate(user(), aClient(), context)).toEqual({ reason: 'user_required' });
    const own: Unmet = { reason: 'claim_unmet' };
    expect(
      evaluate(
        answering(() => own),
        aUser(),
        context,
      ),
    ).toBe(own);
  });

  it.each([
    { answer: true },
    { answer: false },
    { answer: null },
    { answer: 'claim_unmet' },
    { answer: {} },
    { answer: { reason: 'nonsense' } },
    { answer: { reason: 'toString' } },
    { answer: { reason: 'expired' } },
    { answer: { reason: ['claim_unmet'] } },
    { answer: { reason: 'scope_missing', scopes: 'admin' } },
    { answer: { reason: 'scope_missing', scopes: [7] } },
    { answer: { reason: 'acr_insufficient', acrValues: 5 } },
  ])('is not met if a requirement gives $answer', ({ answer }) => {
    const unmet = evaluate(
      answering(() => answer),
      aUser(),
      context,
    );
    expect(unmet?.reason).toBe('requirement_failed');
    expect(unmet?.cause).toBeInstanceOf(TypeError);
  });

  it('throws an error that names an async evaluate, whose rejection is ignored', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on('unhandledRejection', note);
    const message = 'The requirement "own" answered with a promise';
    for (const answer of [Promise.reject(new Error('late')), Promise.resolve()]) {
      const own = answering(() => answer);
      for (const each of [own, allOf(own), anyOf(scope('none'), own)]) {
        expect(() => evaluate(each, aUser(), context)).toThrow(message);
      }
    }
    // Node reports unhandled rejections before timers and immediates run.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('fails, with the cause, when a requirement throws', () => {
    const cause = new Error('bug');
    const throwing = answering(() => {
      throw cause;
    });
    expect(evaluate(throwing, aUser(), context)).toEqual({ reason: 'requirement_failed', cause });
  });
});

describe('scopesNeeded', () => {
  const stale = authenticationContext({ maxAgeSec: 1, clients: 'refuse' });

  it.each([
    { what: 'all of scope', requirement: scope('a', 'b'), expected: ['a', 'b'] },
    { what: 'the first of anyScope', requirement: anyScope('x', 'a'), expected: ['x'] },
    { what: 'all of allOf', requirement: allOf(scope('a'), anyScope('b')), expected: ['a', 'b'] },
    { what: 'one branch of anyOf', requirement: anyOf(scope('b'), scope('a')), expected: ['b'] },
    { what: 'the possible branch', requirement: anyOf(client(), scope('a')), expected: ['a'] },
    { what: 'none when met without', requirement: anyOf(scope('a'), user()), expected: [] },
    { what: 'none where no scope matters', requirement: user(), expected: [] },
    { what: 'none where none would help', requirement: allOf(client(), scope('a')), expected: [] },
    { what: 'none before step-up', requirement: allOf(stale, scope('a')), expected: [] },
  ])('names $what, whether the caller has them or not', ({ requirement, expected }) => {
    for (const scopes of [[], ['a'], ['a', 'b']]) {
      expect(scopesNeeded(requirement, aUser({ scopes }), context)).toEqual(expected);
    }
  });
});

describe('the reasons of requirements', () => {
  it('have only the four codes that the combinators can rank', () => {
    const codes = Object.values(REASONS)
      .filter((reason) => reason.step === 'requirement')
      .map((reason) => reason.code);
    expect([...new Set(codes)].sort()).toEqual([
      'forbidden',
      'insufficient_scope',
      'insufficient_user_authentication',
      'temporarily_unavailable',
    ]);
  });
});
