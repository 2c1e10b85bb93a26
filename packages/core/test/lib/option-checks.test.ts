import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../src/lib/check-options.ts';
import { mustBe, type OptionCheck } from '../../src/lib/option-checks.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

class Store {
  load() {}
  static load() {}
}

const schema = Object.assign(() => {}, { '~standard': {} });

/** Each check, values that it takes, and values that it refuses. */
const CHECKS: readonly (readonly [string, OptionCheck, readonly unknown[], readonly unknown[]])[] =
  [
    ['aFunction', mustBe.aFunction('x: f'), [() => {}, Store], [{}, 'f', null, true]],
    [
      'trueOrFalse',
      mustBe.trueOrFalse('x: true'),
      [true, false],
      ['true', 'false', '', 0, 1, null],
    ],
    ['aText', mustBe.aText("x: 'a'"), ['a', ' '], ['', 1, null, ['a'], new String('a')]],
    ['anyText', mustBe.anyText("x: 'a'"), ['a', ''], [1, null, ['a']]],
    ['aNumber', mustBe.aNumber('x: 1'), [0, -1.5], ['1', Number.NaN, null, 1n]],
    ['listOfTexts', mustBe.listOfTexts("x: ['a']"), [[], ['a']], ['a', [1], null, new Set(['a'])]],
    ['aList', mustBe.aList('x: []'), [[], [1]], ['a', {}, null, new Set()]],
    ['anObject', mustBe.anObject('x: {}'), [{}, new Store()], [[], null, 'a', () => {}]],
    [
      'withMethods',
      mustBe.withMethods(['load'], 'x: s'),
      [new Store(), Store],
      [{}, null, 'a', { load: 1 }],
    ],
    ['oneOf', mustBe.oneOf(['a', 'b'], "x: 'a'"), ['a', 'b'], ['c', 'A', null, ['a']]],
    ['notNull', mustBe.notNull('x: 1'), [0, '', false, {}], [null]],
    ['aClock', mustBe.aClock, [{ now: () => 0 }], [() => 0, 0, null, { now: 0 }]],
    ['aSchema', mustBe.aSchema, [{ '~standard': {} }, schema], [() => true, {}, null, '~standard']],
    ['fitting', mustBe.fitting('odd', 'x: 1', (value) => value === 1), [1], [2, null]],
  ];

describe.each(CHECKS)('mustBe.%s', (_name, check, taken, refused) => {
  it('takes a value of its kind, and an option that is left out', () => {
    for (const x of [...taken, undefined]) {
      expect(checkOptions('f()', { x }, { x: check })).toEqual({ x });
    }
  });

  it('refuses every other value, and says what to write', () => {
    for (const x of refused) {
      const call = () => checkOptions('f()', { x }, { x: check });
      expect(call).toThrow(ConfigurationError);
      expect(call).toThrow(`f(): x must be ${check.must}, not `);
      expect(call).toThrow(`Write: ${check.line}`);
    }
  });
});

describe('an option with a check', () => {
  it('shows no value in the message, since it may be a secret', () => {
    const names = { x: mustBe.aNumber('x: 1') };
    expect(() => checkOptions('f()', { x: 's3cret' }, names)).toThrow(
      'f(): x must be a number, not a value of type string. Write: x: 1',
    );
  });

  it('is checked where a class or another object provides it, since the option is read from there, too', () => {
    const names = { x: mustBe.aNumber('x: 1') };
    class Options {
      readonly #x: unknown;
      constructor(x: unknown) {
        this.#x = x;
      }
      get x() {
        return this.#x;
      }
    }
    const inherited = (x: unknown): object => Object.create({ x });
    for (const make of [inherited, (x: unknown) => new Options(x)]) {
      expect(() => checkOptions('f()', make('1'), names)).toThrow('f(): x must be a number');
      expect(checkOptions('f()', make(1), names)).toMatchObject({ x: 1 });
    }
  });

  it('has the methods that it must have in the message', () => {
    expect(mustBe.withMethods(['now'], '').must).toBe('an object with the method now');
    expect(mustBe.withMethods(['load', 'save'], '').must).toBe(
      'an object with the methods load, save',
    );
    expect(mustBe.oneOf(['a', 'b'], '').must).toBe('a or b');
  });
});
