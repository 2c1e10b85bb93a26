import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../src/lib/check-options.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

const NAMES = { issuer: true, audience: true };

describe('checkOptions', () => {
  it('gives options back whose names are all known, also with undefined values', () => {
    const options = { issuer: 'https://as', audience: undefined };
    expect(checkOptions('f()', options, NAMES)).toBe(options);
    expect(checkOptions('f()', {}, NAMES)).toEqual({});
  });

  it('refuses an unknown name, also without a value, and lists the known ones', () => {
    const misspelled = () => checkOptions('f()', { audiance: undefined }, NAMES);
    expect(misspelled).toThrow(ConfigurationError);
    expect(misspelled).toThrow(
      'f() has no option "audiance". Did you mean "audience"? Its options are: issuer, audience',
    );
  });

  it('suggests no name if none is similar', () => {
    expect(() => checkOptions('f()', { secret: 1 }, NAMES)).toThrow(
      'f() has no option "secret". Its options are: issuer, audience',
    );
  });

  it('does not treat inherited members of every object as options', () => {
    expect(() => checkOptions('f()', { toString: 1 }, NAMES)).toThrow('no option "toString"');
    const polluted = JSON.parse('{"__proto__":{"issuer":1}}');
    expect(() => checkOptions('f()', polluted, NAMES)).toThrow('no option "__proto__"');
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [['issuer'], 'a list'],
    ['s3cret', 'a value of type string'],
    [true, 'a value of type boolean'],
    [() => {}, 'a value of type function'],
  ])('refuses %o, without showing its value', (options, what) => {
    const call = () => checkOptions('f()', options as never, NAMES, 'f({ issuer })');
    expect(call).toThrow(`f() takes an object of options, not ${what}. Write: f({ issuer })`);
  });

  it('ends with the line to write, if there is one', () => {
    expect(() => checkOptions('f()', { x: 1 }, NAMES, 'f({ issuer })')).toThrow(
      'f() has no option "x". Its options are: issuer, audience. Write: f({ issuer })',
    );
  });
});
