import { describe, expect, it } from 'vitest';
import { ownNumber, ownProperty, ownString } from '../../src/lib/own-property.ts';

const inherited: object = Object.create({ sub: 'u-1', exp: 5 });

describe('an own property', () => {
  it('is read from the object itself', () => {
    expect(ownProperty({ sub: 'u-1' }, 'sub')).toBe('u-1');
    expect(ownProperty(JSON.parse('{"__proto__":1}'), '__proto__')).toBe(1);
  });

  it('is undefined if only the prototype has one with this name', () => {
    expect(ownProperty(inherited, 'sub')).toBeUndefined();
    expect(ownProperty({}, 'constructor')).toBeUndefined();
    expect(ownString(inherited, 'sub')).toBeUndefined();
    expect(ownNumber(inherited, 'exp')).toBeUndefined();
  });

  it('must be a string for ownString, which may be empty', () => {
    expect(ownString({ a: '' }, 'a')).toBe('');
    expect(ownString({ a: 1 }, 'a')).toBeUndefined();
    expect(ownString({ a: new String('x') }, 'a')).toBeUndefined();
  });

  it('must be a number for ownNumber, and not a text that looks like one', () => {
    expect(ownNumber({ a: 0 }, 'a')).toBe(0);
    expect(ownNumber({ a: '0' }, 'a')).toBeUndefined();
  });
});
