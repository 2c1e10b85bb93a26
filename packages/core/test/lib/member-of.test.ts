import { expect, it } from 'vitest';
import { memberOf } from '../../src/lib/member-of.ts';

it('memberOf reads members of objects and functions, also inherited ones', () => {
  expect(memberOf({ stack: 1 }, 'stack')).toBe(1);
  expect(memberOf(Object.create({ stack: 1 }), 'stack')).toBe(1);
  expect(
    memberOf(
      Object.assign(() => {}, { stack: 1 }),
      'stack',
    ),
  ).toBe(1);
});

it.each([[undefined], [null], ['text'], [1], [true]])(
  'memberOf gives undefined for %s',
  (value) => {
    expect(memberOf(value, 'length')).toBeUndefined();
  },
);
