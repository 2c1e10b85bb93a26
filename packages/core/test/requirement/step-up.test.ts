import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { createScopeHierarchy } from '../../src/requirement/scope-hierarchy.ts';
import { authenticationContext } from '../../src/requirement/step-up.ts';
import { aClient, aUserSignedIn, evaluate, NOW_SEC, untyped } from './principals.ts';

describe('authenticationContext', () => {
  it.each([
    { acr: 'phr', reason: undefined },
    { acr: 'phrh', reason: undefined },
    { acr: 'PHR', reason: 'acr_insufficient' },
    { acr: 'phr phrh', reason: 'acr_insufficient' },
    { acr: 'ph', reason: 'acr_insufficient' },
    { acr: '', reason: 'acr_insufficient' },
    { reason: 'acr_insufficient' },
  ])('with acr $acr, if phr or phrh is needed: $reason', ({ reason, ...signIn }) => {
    const requirement = authenticationContext({ acr: ['phr', 'phrh'], clients: 'refuse' });
    expect(evaluate(requirement, aUserSignedIn(signIn))).toEqual(
      reason === undefined ? undefined : { reason, acrValues: ['phr', 'phrh'] },
    );
  });

  it.each([
    { what: 'just now', time: NOW_SEC, reason: undefined },
    { what: 'at the limit', time: NOW_SEC - 300, reason: undefined },
    { what: 'a second past it', time: NOW_SEC - 301, reason: 'authentication_too_old' },
    { what: 'a fraction past it', time: NOW_SEC - 300.001, reason: 'authentication_too_old' },
    { what: 'long ago', time: 0, reason: 'authentication_too_old' },
    { what: 'by a clock 60 s ahead', time: NOW_SEC + 60, reason: undefined },
    { what: 'in the future', time: NOW_SEC + 61, reason: 'authentication_too_old' },
    { what: 'in milliseconds', time: NOW_SEC * 1000, reason: 'authentication_too_old' },
    { what: 'never', reason: 'authentication_too_old' },
    { what: 'at NaN', time: Number.NaN, reason: 'authentication_too_old' },
    { what: 'at Infinity', time: Number.POSITIVE_INFINITY, reason: 'authentication_too_old' },
  ])(
    'with a sign-in $what, if at most 300 s are allowed: $reason',
    ({ what: _, reason, ...signIn }) => {
      const requirement = authenticationContext({ maxAgeSec: 300, clients: 'refuse' });
      expect(evaluate(requirement, aUserSignedIn(signIn))).toEqual(
        reason === undefined ? undefined : { reason, maxAgeSec: 300 },
      );
    },
  );

  it('is not met any more when too much time has passed', () => {
    let nowMs = NOW_SEC * 1000;
    const context = createScopeHierarchy({ clock: { now: () => nowMs } });
    const requirement = authenticationContext({ maxAgeSec: 1, clients: 'refuse' });
    const principal = aUserSignedIn({ time: NOW_SEC });
    nowMs += 1000;
    expect(requirement.evaluate(principal, context)).toBeUndefined();
    nowMs += 1;
    expect(requirement.evaluate(principal, context)?.reason).toBe('authentication_too_old');
  });

  it('needs both conditions if both are given, and names both, whichever is not met', () => {
    const requirement = authenticationContext({ acr: 'phr', maxAgeSec: 60, clients: 'refuse' });
    const details = { acrValues: ['phr'], maxAgeSec: 60 };
    const fresh = NOW_SEC - 10;
    const old = NOW_SEC - 100;
    expect(evaluate(requirement, aUserSignedIn({ acr: 'phr', time: fresh }))).toBeUndefined();
    expect(evaluate(requirement, aUserSignedIn({ acr: 'phr', time: old }))).toEqual({
      reason: 'authentication_too_old',
      ...details,
    });
    for (const time of [fresh, old]) {
      expect(evaluate(requirement, aUserSignedIn({ acr: 'pwd', time }))).toEqual({
        reason: 'acr_insufficient',
        ...details,
      });
    }
  });

  it('gives frozen answers', () => {
    const unmet = evaluate(
      authenticationContext({ acr: 'a', clients: 'refuse' }),
      aUserSignedIn({}),
    );
    expect(Object.isFrozen(unmet)).toBe(true);
    expect(Object.isFrozen(unmet?.acrValues)).toBe(true);
  });

  it('accepts machines, or refuses them, as the option clients says', () => {
    const allow = authenticationContext({ maxAgeSec: 60, clients: 'allow' });
    const refuse = authenticationContext({ maxAgeSec: 60, clients: 'refuse' });
    expect(evaluate(allow, aClient())).toBeUndefined();
    expect(evaluate(refuse, aClient())).toEqual({ reason: 'user_required' });
  });

  it('refuses a machine whose token claims a sign-in', () => {
    const refuse = authenticationContext({ acr: 'phr', clients: 'refuse' });
    const posing = aClient({ authentication: { acr: 'phr', amr: [], time: NOW_SEC } });
    expect(evaluate(refuse, posing)?.reason).toBe('user_required');
  });

  it('describes itself', () => {
    expect(
      authenticationContext({ acr: ['a', 'b'], maxAgeSec: 60, clients: 'allow' }).description,
    ).toBe('client or user signed in with acr a or acr b, at most 60 s ago');
    expect(authenticationContext({ maxAgeSec: 60, clients: 'refuse' }).description).toBe(
      'user signed in at most 60 s ago',
    );
  });

  it.each([
    { options: undefined, says: 'takes an object' },
    { options: { clients: 'refuse' }, says: 'needs acr or maxAgeSec' },
    { options: { acr: 'a' }, says: "clients must be 'allow' or 'refuse'" },
    { options: { acr: 'a', clients: true }, says: "clients must be 'allow' or 'refuse'" },
    { options: { acr: 'a', maxAge: 60, clients: 'refuse' }, says: 'no option "maxAge"' },
    {
      options: { acr: 'a', maxAgeSec: undefined, clients: 'refuse' },
      says: 'maxAgeSec is undefined',
    },
    {
      options: { acr: undefined, maxAgeSec: 60, clients: 'refuse' },
      says: 'acr is undefined',
    },
    { options: { acr: [], clients: 'refuse' }, says: 'acr must be' },
    { options: { acr: '', clients: 'refuse' }, says: 'acr must be' },
    { options: { acr: 'a b', clients: 'refuse' }, says: 'acr must be' },
    { options: { acr: ['a', 'b"'], clients: 'refuse' }, says: 'acr must be' },
    { options: { acr: [7], clients: 'refuse' }, says: 'acr must be' },
    { options: { maxAgeSec: -1, clients: 'refuse' }, says: 'not -1: write maxAgeSec: 300' },
    { options: { maxAgeSec: 1.5, clients: 'refuse' }, says: 'maxAgeSec must be' },
    { options: { maxAgeSec: Number.NaN, clients: 'refuse' }, says: 'maxAgeSec must be' },
    {
      options: { maxAgeSec: Number.POSITIVE_INFINITY, clients: 'refuse' },
      says: 'maxAgeSec must be',
    },
    { options: { maxAgeSec: '300', clients: 'refuse' }, says: 'not "300": write maxAgeSec: 300' },
  ])('refuses $options at construction', ({ options, says }) => {
    expect(() => untyped(authenticationContext, options)).toThrow(ConfigurationError);
    expect(() => untyped(authenticationContext, options)).toThrow(says);
  });

  it('does not compile without the option clients', () => {
    // @ts-expect-error: clients is missing
    expect(() => authenticationContext({ maxAgeSec: 300 })).toThrow(ConfigurationError);
  });
});
