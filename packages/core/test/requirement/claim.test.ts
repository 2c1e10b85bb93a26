import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { Principal } from '../../src/model/principal.ts';
import { claim } from '../../src/requirement/claim.ts';
import type { Requirement } from '../../src/requirement/requirement.ts';
import { aUserWith, evaluate, untyped } from './principals.ts';

const pro = aUserWith({ plan: 'pro' });

const yes = (): boolean => true;

/** A claim requirement whose test gives back what no typed test may. */
function claimGiving(answer: unknown): Requirement {
  return claim(() => answer as boolean, 'something');
}

describe('claim', () => {
  it('is met when the test says true of the claims', () => {
    const requirement = claim((claims) => claims['plan'] === 'pro', 'plan pro');
    expect(evaluate(requirement, pro)).toBeUndefined();
    expect(evaluate(requirement, aUserWith({ plan: 'free' }))).toEqual({ reason: 'claim_unmet' });
  });

  it('gives the principal to the test', () => {
    let seen: Principal | undefined;
    const requirement = claim((_claims, principal) => {
      seen = principal;
      return true;
    }, 'anything');
    evaluate(requirement, pro);
    expect(seen).toBe(pro);
  });

  it.each([
    { answer: false },
    { answer: undefined },
    { answer: null },
    { answer: 1 },
    { answer: 'true' },
    { answer: {} },
    { answer: Object(true) },
  ])('is not met by $answer', ({ answer }) => {
    expect(evaluate(claimGiving(answer), pro)).toEqual({ reason: 'claim_unmet' });
  });

  it('throws an error that names an async test, whose rejection is ignored', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on('unhandledRejection', note);
    const message = /^The test of claim\(…, "something"\) answered with a promise/;
    for (const answer of [Promise.reject(new Error('late')), Promise.resolve(true)]) {
      expect(() => evaluate(claimGiving(answer), pro)).toThrow(message);
    }
    // Node reports unhandled rejections before timers and immediates run.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('fails, with the cause, when the test throws', () => {
    const cause = new Error('bug');
    const requirement = claim(() => {
      throw cause;
    }, 'something');
    expect(evaluate(requirement, pro)).toEqual({ reason: 'requirement_failed', cause });
  });

  it('has the description that it was given, and no scopes', () => {
    const requirement = claim(() => true, 'plan pro');
    expect(requirement.description).toBe('plan pro');
    expect(requirement.scopes).toEqual([]);
  });

  it.each([
    { args: [] },
    { args: ['plan pro', yes] },
    { args: [yes] },
    { args: [yes, ''] },
    { args: [yes, 7] },
  ])('refuses $args at construction, with the line to write', ({ args }) => {
    expect(() => untyped(claim, ...args)).toThrow(ConfigurationError);
    expect(() => untyped(claim, ...args)).toThrow('write claim((claims) => ');
  });

  it('has the claims type of its type argument, and does not compile with a test that gives no boolean', () => {
    interface Claims {
      readonly plan: 'pro' | 'free';
    }
    const requirement = claim<Claims>((claims, principal) => {
      // @ts-expect-error: no such member in the claims type
      expect(claims.plam).toBeUndefined();
      return principal.claims.plan === 'pro';
    }, 'plan pro');
    // @ts-expect-error: a promise is no answer
    claim(async () => true, 'plan pro');
    // @ts-expect-error: there is no user id before the kind is narrowed
    claim((_claims, principal) => principal.userId === 'u-17', 'the user');
    expect(evaluate(requirement, pro)).toBeUndefined();
  });
});
