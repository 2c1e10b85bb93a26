import { describe, expect, it } from 'vitest';
import { repeatsMembers } from '../../src/pipeline/repeated-members.ts';

function jwtOf(payload: string): string {
  return `aGVhZGVy.${Buffer.from(payload).toString('base64url')}.c2lnbmF0dXJl`;
}

/** Texts of claims without a member twice. */
const SINGLE: readonly string[] = [
  '{}',
  '{"sub":"a"}',
  '{ "sub" : "a" ,\n "aud" : [ "b" , { } ] }',
  '{"sub":"\\u0061\\/\\n","name":"жé😀","lone":"\\ud800"}',
  '{"n":[0,-0,1e9,1.0e21,1000,123e-1,1234567890123456789012,0.001,-5]}',
  '{"a":{"a":1},"b":[{"a":1},{"a":1}],"n":null,"t":true,"f":false,"":""}',
  '{"1":1,"2":{"1":1},"__proto__":{"a":1}}',
];

/** Texts of claims with a member twice. */
const TWICE: readonly string[] = [
  '{"":0,"":0}',
  '{"sub":"a","sub":"b"}',
  '{"sub":"a","s\\u0075b":"b"}',
  '{"a":{"b":1,"b":1}}',
  '{"a":[1,{"":0,"":0}]}',
  '{"1":1,"1":1}',
  '{"1000":1000000000,"1000":1}',
  '{"a":1e300,"b":1e300,"c":10000000000000000000000,"":0,"":0}',
  '{"a":0.00000000000000000000001,"":0,"":0}',
  '{"name":"жжжжжж","":0,"":0}',
  `{"a":{${Array.from({ length: 100 }, () => '"a":1').join()}}}`,
];

describe('whether claims have a member twice', () => {
  it.each(SINGLE)('no: %s', (text) => {
    expect(repeatsMembers(jwtOf(text), JSON.parse(text))).toBe(false);
    expect(repeatsMembers(jwtOf(text), undefined)).toBe(false);
  });

  it.each(TWICE)('yes: %s', (text) => {
    expect(repeatsMembers(jwtOf(text), JSON.parse(text))).toBe(true);
    expect(repeatsMembers(jwtOf(text), undefined)).toBe(true);
  });
});
