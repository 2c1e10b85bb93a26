import { expect, it } from 'vitest';
import { fieldOf, keyOfField, markOf } from '../src/mark-text.ts';

const KEY = { kind: 'subject', id: 'an-id' } as const;

it('a field names kind and id, and back', () => {
  expect(fieldOf(KEY)).toBe('subject:an-id');
  expect(keyOfField('subject:an-id')).toEqual(KEY);
  expect(keyOfField('token:a:b')).toEqual({ kind: 'token', id: 'a:b' });
});

it.each(['', 'subject', ':an-id', 'user:an-id', 'subjects:an-id', 'subjec', 'tokenx'])(
  '%j is no field of ours',
  (field) => {
    expect(keyOfField(field)).toBeUndefined();
  },
);

it('a value holds both times, or the one of the mark on one token', () => {
  expect(markOf(KEY, '17:20')).toEqual({ ...KEY, issuedBefore: 17, keptUntil: 20 });
  expect(markOf(KEY, '-1:20')).toEqual({ ...KEY, issuedBefore: -1, keptUntil: 20 });
  expect(markOf(KEY, '-1e+300:20.5')).toEqual({ ...KEY, issuedBefore: -1e300, keptUntil: 20.5 });
  const ofToken = markOf({ kind: 'token', id: 'x' }, ':20');
  expect(ofToken).toStrictEqual({ kind: 'token', id: 'x', issuedBefore: undefined, keptUntil: 20 });
  expect(Object.isFrozen(ofToken)).toBe(true);
});

it.each(['', ':', '17', '17:', 'a:20', '17:a', '17:20:30', ' 17:20', '17:20 ', '17.:20', '1e5:20'])(
  '%j is no value of ours, and nobody says what it was to stop',
  (value) => {
    expect(() => markOf(KEY, value)).toThrow('A mark in Redis is damaged');
  },
);
