import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { Principal } from '../../src/model/principal.ts';
import { REASONS } from '../../src/model/reasons.ts';
import { actor, client, user } from '../../src/requirement/caller-kind.ts';
import { claim } from '../../src/requirement/claim.ts';
import { allOf, anyOf } from '../../src/requirement/combinators.ts';
import { role } from '../../src/requirement/membership.ts';
import type { Requirement, Unmet } from '../../src/requirement/requirement.ts';
import { anyScope, scope } from '../../src/requirement/scope.ts';
import { authenticationContext } from '../../src/requirement/step-up.ts';
import { aClient, anActor, aUser, evaluate, NOW_SEC, untyped } from './principals.ts';

const cause = new Error('bug');
const met = claim(() => true, 'met');
const failing = claim(() => {
  throw cause;
}, 'failing');
const stepUp = authenticationContext({ maxAgeSec: 60, clients: 'allow' });
const TOO_OLD = { reason: 'authentication_too_old', maxAgeSec: 60 };
const FAILED = { reason: 'requirement_failed', cause };

// For a user without scopes, roles and sign-in.
describe('allOf', () => {
  it.each([
    { what: 'all met', parts: [met, user()], expected: undefined },
    { what: 'one unmet', parts: [met, client()], expected: { reason: 'client_required' } },
    {
      what: 'forbidden before scope',
      parts: [scope('a'), client()],
      expected: { reason: 'client_required' },
    },
    {
      what: 'forbidden before step-up',
      parts: [stepUp, role('x')],
      expected: { reason: 'role_missing' },
    },
    { what: 'step-up before scope', parts: [scope('a'), stepUp], expected: TOO_OLD },
    { what: 'failure before all', parts: [client(), scope('a'), failing], expected: FAILED },
    {
      what: 'the first of two forbidden',
      parts: [role('x'), client()],
      expected: { reason: 'role_missing' },
    },
    {
      what: 'the union of missing scopes',
      parts: [scope('b', 'a'), met, scope('a', 'c')],
      expected: { reason: 'scope_missing', scopes: ['b', 'a', 'c'] },
    },
    {
      what: 'nested missing scopes',
      parts: [allOf(scope('a'), user()), allOf(allOf(scope('b')), anyScope('c', 'd'))],
      expected: { reason: 'scope_missing', scopes: ['a', 'b', 'c'] },
    },
  ])('with $what', ({ parts, expected }) => {
    expect(evaluate(allOf(...parts), aUser())).toEqual(expected);
  });

  it('names held scopes together with missing ones, so that the next token has them all', () => {
    const requirement = allOf(scope('a'), anyOf(scope('b'), scope('c')), scope('d'));
    expect(evaluate(requirement, aUser({ scopes: ['a', 'c'] }))).toEqual({
      reason: 'scope_missing',
      scopes: ['a', 'b', 'd'],
    });
  });

  it('of scopes gives the same answer as scope()', () => {
    for (const scopes of [[], ['a'], ['b'], ['a', 'b']]) {
      const principal = aUser({ scopes });
      expect(evaluate(allOf(scope('a'), scope('b')), principal)).toEqual(
        evaluate(scope('a', 'b'), principal),
      );
    }
  });
});

describe('anyOf', () => {
  it.each([
    { what: 'one met', parts: [client(), user()], expected: undefined },
    { what: 'one met beside a failure', parts: [failing, user()], expected: undefined },
    {
      what: 'missing scopes before forbidden',
      parts: [client(), scope('a', 'b'), role('x')],
      expected: { reason: 'scope_missing', scopes: ['a', 'b'] },
    },
    {
      what: 'the first branch that lacks scopes only',
      parts: [allOf(client(), scope('a')), scope('b'), scope('c')],
      expected: { reason: 'scope_missing', scopes: ['b'] },
    },
    {
      what: 'missing scopes before step-up',
      parts: [stepUp, scope('a')],
      expected: { reason: 'scope_missing', scopes: ['a'] },
    },
    {
      what: 'the first forbidden',
      parts: [role('x'), client(), allOf(client(), scope('a'))],
      expected: { reason: 'role_missing' },
    },
    {
      what: 'forbidden before step-up',
      parts: [stepUp, client()],
      expected: { reason: 'client_required' },
    },
    {
      what: 'step-up when every branch asks for it',
      parts: [stepUp, authenticationContext({ acr: 'phr', clients: 'allow' })],
      expected: TOO_OLD,
    },
    {
      what: 'failure when no branch is met',
      parts: [scope('a'), failing, client()],
      expected: FAILED,
    },
  ])('with $what', ({ parts, expected }) => {
    expect(evaluate(anyOf(...parts), aUser())).toEqual(expected);
  });
});

describe.each([
  { name: 'allOf', build: allOf, word: 'and' },
  { name: 'anyOf', build: anyOf, word: 'or' },
])('$name', ({ name, build, word }) => {
  it('lists its parts and their scopes, each once', () => {
    const parts = [scope('a', 'b'), user(), scope('b', 'c')];
    const requirement = build(...parts);
    expect(requirement.parts).toEqual(parts);
    expect(requirement.scopes).toEqual(['a', 'b', 'c']);
    expect(Object.isFrozen(requirement)).toBe(true);
    expect(Object.isFrozen(requirement.parts)).toBe(true);
  });

  it('describes its parts, with parentheses where they are several', () => {
    expect(build(user()).description).toBe('user');
    expect(build(user(), scope('a')).description).toBe(`user ${word} scope a`);
    expect(build(anyScope('a', 'b'), user()).description).toBe(`(scope a or scope b) ${word} user`);
  });

  it('refuses an empty list, which would allow or refuse everybody', () => {
    expect(() => build()).toThrow(ConfigurationError);
    expect(() => build()).toThrow(
      `${name}() needs at least one requirement: write ${name}(scope('read:users'), user())`,
    );
  });

  it.each([[undefined], [null], ['read:users'], [() => undefined], [{}], [[user()]]])(
    'refuses %j as a part',
    (part) => {
      expect(() => untyped(build, user(), part)).toThrow(ConfigurationError);
    },
  );

  it('is not met if a part throws', () => {
    const throwing: Requirement = {
      description: 'own',
      scopes: [],
      evaluate() {
        throw cause;
      },
    };
    expect(evaluate(build(throwing), aUser())).toEqual(FAILED);
  });
});

const aScope = fc.constantFrom('a', 'b', 'c', 'd');
const someScopes = fc.uniqueArray(aScope, { minLength: 1, maxLength: 3 });

/** Any requirement: `fails` adds those that cannot be judged. */
function aRequirement({ fails }: { fails: boolean }): fc.Arbitrary<Requirement> {
  const plain: fc.Arbitrary<Requirement>[] = [
    someScopes.map((scopes) => scope(...scopes)),
    someScopes.map((scopes) => anyScope(...scopes)),
    fc.constantFrom(user(), client(), role('x'), actor(), met, user({ viaActor: 'refuse' })),
    fc.constantFrom(stepUp, authenticationContext({ acr: 'phr', clients: 'refuse' })),
  ];
  return fc.letrec<{ any: Requirement; parts: Requirement[] }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      ...plain,
      ...(fails ? [fc.constant(failing)] : []),
      tie('parts').map((parts) => allOf(...parts)),
      tie('parts').map((parts) => anyOf(...parts)),
    ),
    parts: fc.array(tie('any'), { minLength: 1, maxLength: 4 }),
  })).any;
}

const aPrincipal: fc.Arbitrary<Principal> = fc
  .record({
    kind: fc.constantFrom('user', 'client'),
    scopes: fc.uniqueArray(aScope),
    roles: fc.constantFrom([], ['x']),
    actor: fc.constantFrom(undefined, anActor({ subject: 'bot' })),
    acr: fc.constantFrom(undefined, 'phr'),
    time: fc.constantFrom(undefined, NOW_SEC),
  })
  .map(({ kind, acr, time, ...rest }) => {
    const given = { ...rest, authentication: { acr, amr: [], time } };
    return kind === 'user' ? aUser(given) : aClient(given);
  });

const parts = fc.array(aRequirement({ fails: true }), { minLength: 1, maxLength: 4 });

function allows(requirement: Requirement, principal: Principal): boolean {
  return evaluate(requirement, principal) === undefined;
}

function codeOf(unmet: Unmet | undefined): string | undefined {
  return unmet === undefined ? undefined : REASONS[unmet.reason].code;
}

describe('laws', () => {
  it('allOf allows a caller if every part does, anyOf if at least one does', () => {
    fc.assert(
      fc.property(parts, aPrincipal, (each, principal) => {
        const verdicts = each.map((part) => allows(part, principal));
        expect(allows(allOf(...each), principal)).toBe(verdicts.every(Boolean));
        expect(allows(anyOf(...each), principal)).toBe(verdicts.some(Boolean));
      }),
    );
  });

  it('a combination of one part gives the answer of the part', () => {
    fc.assert(
      fc.property(aRequirement({ fails: true }), aPrincipal, (part, principal) => {
        const alone = evaluate(part, principal);
        expect(evaluate(allOf(part), principal)).toEqual(alone);
        expect(evaluate(anyOf(part), principal)).toEqual(alone);
      }),
    );
  });

  it('order and repetition of parts do not change whether a caller is allowed, nor the code', () => {
    fc.assert(
      fc.property(parts, aPrincipal, (each, principal) => {
        const shuffled = [...each.toReversed(), ...each];
        for (const build of [allOf, anyOf]) {
          expect(codeOf(evaluate(build(...shuffled), principal))).toBe(
            codeOf(evaluate(build(...each), principal)),
          );
        }
      }),
    );
  });

  it('nesting does not change whether a caller is allowed, nor the code', () => {
    fc.assert(
      fc.property(parts, parts, aPrincipal, (some, others, principal) => {
        for (const build of [allOf, anyOf]) {
          expect(codeOf(evaluate(build(build(...some), build(...others)), principal))).toBe(
            codeOf(evaluate(build(...some, ...others), principal)),
          );
        }
      }),
    );
  });

  it('a token with exactly the scopes of the challenge passes', () => {
    fc.assert(
      fc.property(aRequirement({ fails: false }), aPrincipal, (requirement, principal) => {
        const unmet = evaluate(requirement, principal);
        fc.pre(codeOf(unmet) === 'insufficient_scope');
        expect(
          evaluate(requirement, { ...principal, scopes: unmet?.scopes ?? [] }),
        ).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('a further scope never makes a caller refused', () => {
    fc.assert(
      fc.property(aRequirement({ fails: true }), aPrincipal, aScope, (requirement, who, more) => {
        fc.pre(allows(requirement, who));
        expect(allows(requirement, { ...who, scopes: [...who.scopes, more] })).toBe(true);
      }),
    );
  });
});

describe('polluted prototypes', () => {
  it('do not change an answer', () => {
    const principal = aUser();
    const requirements = [scope('a'), client(), actor(), role('x'), allOf(user(), scope('a'))];
    const before = requirements.map((requirement) => evaluate(requirement, principal));
    const pollution = { a: true, actor: anActor(), scopes: ['a'], reason: 'x', undefined: 'x' };
    for (const [name, value] of Object.entries(pollution)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true });
    }
    const after = requirements.map((requirement) => evaluate(requirement, principal));
    for (const name of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, name);
    expect(after.map((unmet) => unmet?.reason)).toEqual(before.map((unmet) => unmet?.reason));
    expect(before.every((unmet) => unmet !== undefined)).toBe(true);
  });
});
