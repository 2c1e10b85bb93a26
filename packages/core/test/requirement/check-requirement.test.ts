import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { checkRequirement } from '../../src/requirement/check-requirement.ts';
import { scope } from '../../src/requirement/scope.ts';

describe('checkRequirement', () => {
  it('returns a requirement unchanged', () => {
    const requirement = scope('read:users');
    expect(checkRequirement(requirement)).toBe(requirement);
  });

  it.each([
    scope,
    undefined,
    null,
    'read:users',
    ['read:users'],
    {},
    { evaluate: () => undefined },
    { ...scope('a'), evaluate: 'a' },
    { ...scope('a'), description: 1 },
    { ...scope('a'), scopes: 'a' },
  ])('refuses anything else, with the line to write: %o', (value) => {
    expect(() => checkRequirement(value)).toThrow(ConfigurationError);
    expect(() => checkRequirement(value)).toThrow("write authorize(scope('read:users'))");
  });
});
