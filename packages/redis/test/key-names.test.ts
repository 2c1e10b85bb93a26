import { ConfigurationError } from '@authly/core';
import { expect, it } from 'vitest';
import { keyNames } from '../src/key-names.ts';

it('each store has its own keys below the prefix', () => {
  const names = keyNames('orders');
  expect([names.replay('id'), names.introspection('id')]).toEqual([
    'orders:1:r:id',
    'orders:1:i:id',
  ]);
  // The hash tag makes a cluster keep these keys on one node.
  expect([names.marks, names.until, names.log, names.holders, names.held, names.settings]).toEqual([
    '{orders:1:v}:marks',
    '{orders:1:v}:until',
    '{orders:1:v}:log',
    '{orders:1:v}:holders',
    '{orders:1:v}:held',
    '{orders:1:v}:settings',
  ]);
});

it.each(['a', 'Orders_2.eu-1:api', 'a'.repeat(100)])('%s is accepted as a prefix', (prefix) => {
  expect(keyNames(prefix).replay('id')).toBe(`${prefix}:1:r:id`);
});

it.each(['', 'a b', '{a}', 'a\n', 'ä', '*', 'a'.repeat(101), undefined, 7, ['a']])(
  '%j is refused as a prefix',
  (prefix) => {
    expect(() => keyNames(prefix as string)).toThrow(ConfigurationError);
    expect(() => keyNames(prefix as string)).toThrow(/1 to 100 letters.*Write: prefix: 'orders'/);
  },
);
