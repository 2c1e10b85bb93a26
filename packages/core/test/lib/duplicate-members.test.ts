import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasDuplicateMembers } from '../../src/lib/duplicate-members.ts';

describe('hasDuplicateMembers', () => {
  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"b":{"c":1,"c":2}}',
    '{"a":[{"b":1},{"b":1,"b":2}]}',
    '{"a":1, "a" :2}',
    '{"a":1,"a"\t\n\r :2}',
    '{"a":1,"\\u0061":2}',
    '{"":1,"":2}',
    '{"a\\"":1,"a\\"":2}',
    '{"a":{},"a":[]}',
    '{"__proto__":1,"__proto__":2}',
    '[{"a":1,"a":1}]',
  ])('%s has', (json) => {
    JSON.parse(json);
    expect(hasDuplicateMembers(json)).toBe(true);
  });

  it.each([
    '{}',
    '[]',
    '"a"',
    '{"a":1,"b":2}',
    '{"a":"a","b":"a"}',
    '{"a":["a","a"],"b":["a"]}',
    '{"a":{"a":1},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"\\"a\\":1","b":"\\\\"}',
    '{"a":"{\\"b\\":1,\\"b\\":2}"}',
    '{"a":1,"A":2}',
    '{"a":[1,{"b":2},3],"b":1}',
    '{"constructor":1,"toString":2}',
  ])('%s has not', (json) => {
    JSON.parse(json);
    expect(hasDuplicateMembers(json)).toBe(false);
  });

  it('finds none in what JSON.stringify makes, and any that is added', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
        const json = JSON.stringify(value);
        expect(hasDuplicateMembers(json)).toBe(false);
        const [name = ''] = Object.keys(value);
        expect(hasDuplicateMembers(`${json.slice(0, -1)},${JSON.stringify(name)}:0}`)).toBe(true);
      }),
    );
  });

  it('ends for text that is no JSON, too', () => {
    fc.assert(fc.property(fc.string(), (text) => void attempt(text)));
  });
});

function attempt(text: string): void {
  try {
    hasDuplicateMembers(text);
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
  }
}
