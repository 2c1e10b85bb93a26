import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasDuplicateMembers } from '../../src/lib/duplicate-members.ts';

describe('members of one name', () => {
  it.each([
    '{"active":false,"active":true}',
    '{"a":1,"b":[{"c":{}}],"a":2}',
    '{"aud":"a","\\u0061ud":"b"}',
    '{"a":{"b":1,"c":"}","b":2}}',
    '[{"a":1},{"b":1,"b":1}]',
    '{ "a" : "\\"" , "a" : 1 }',
    '{"":1,"":2}',
    '{"\\\\":1,"\\\\":2}',
  ])('are found in %s', (json) => {
    expect(hasDuplicateMembers(json)).toBe(true);
  });

  it.each([
    '{}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":["a","a","b"],"b":"a"}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"\\"a":1,"a":2}',
    '{"a":1,"A":2,"a ":3}',
    '"a"',
  ])('are not in %s', (json) => {
    expect(hasDuplicateMembers(json)).toBe(false);
  });

  it('are in nothing that was made of a value, and in each object that has a member written again', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.string(),
        fc.jsonValue(),
        (value, name, more) => {
          const json = JSON.stringify(value);
          expect(hasDuplicateMembers(json)).toBe(false);
          const member = `${JSON.stringify(name)}:${JSON.stringify(more)}`;
          expect(
            hasDuplicateMembers(`{${member},"between ${name.length}":${json},${member}}`),
          ).toBe(true);
        },
      ),
    );
  });
});
