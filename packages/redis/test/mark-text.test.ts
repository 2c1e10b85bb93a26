import { expect, it } from 'vitest';
import { fieldOf, keyOfField, markOf } from '../src/mark-text.ts';

const KEY = { kind: 'subject', id: 'an-id' } as const;

it('kind and id can be read back from a field', () => {
  expect(fieldOf(KEY)).toBe('subject:an-id');
  expect(keyOfField('subject:an-id')).toEqual(KEY);
  expect(keyOfField('token:a:b')).toEqual({ kind: 'token', id: 'a:b' });
});

it.each(['', 'subject', ':an-id', 'user:an-id', 'subjects:an-id', 'subjec', 'tokenx'])(
  '%j is not the field of a mark',
  (field) => {
    expect(keyOfField(field)).toBeUndefined();
  },
);

it('a value has both times, or one time for the mark on a single token', () => {
  expect(markOf(KEY, '17:20')).toEqual({ ...KEY, issuedBefore: 17, keptUntil: 20 });
  expect(markOf(KEY, '-1:20')).toEqual({ ...KEY, issuedBefore: -1, keptUntil: 20 });
  expect(markOf(KEY, '-1e+300:20.5')).toEqual({ ...KEY, issuedBefore: -1e300, keptUntil: 20.5 });
  const ofToken = markOf({ kind: 'token', id: 'x' }, ':20');
  expect(ofToken).toStrictEqual({ kind: 'token', id: 'x', issuedBefore: undefined, keptUntil: 20 });
  expect(Object.isFrozen(ofToken)).toBe(true);
});

it.each(['', ':', '17', '17:', 'a:20', '17:a', '17:20:30', ' 17:20', '17:20 ', '17.:20', '1e5:20'])(
  '%j is not a valid value, so it is an outage and not a missing mark',
  (value) => {
    expect(() => markOf(KEY, value)).toThrow('A mark in Redis is damaged');
  },
);
