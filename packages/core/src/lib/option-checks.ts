import { isStringList } from './json.ts';

/** What the value of an option must be. `checkOptions` refuses every other value, and says the line to write. */
export interface OptionCheck {
  /** Completes the sentence "onEvent must be …": `a function`. */
  readonly must: string;
  /** The line to write: `onEvent: (event) => log(event)`. */
  readonly line: string;
  fits(value: unknown): boolean;
}

/** Makes the checks of options, for the `names` of `checkOptions`. Each takes the line to write for this option. */
export interface MustBe {
  aFunction(line: string): OptionCheck;
  /** A text such as `'false'`, which a variable of the environment has, is neither. */
  trueOrFalse(line: string): OptionCheck;
  /** A text that is not empty. */
  aText(line: string): OptionCheck;
  /** A text, which may be empty. */
  anyText(line: string): OptionCheck;
  /** A number, and not NaN. Does not check its range. */
  aNumber(line: string): OptionCheck;
  /** A single text is no list: it would be taken letter by letter. */
  listOfTexts(line: string): OptionCheck;
  /** Does not check the entries. */
  aList(line: string): OptionCheck;
  /** An object that is no list. Does not check its members. */
  anObject(line: string): OptionCheck;
  /** An object with these methods: a clock, a store. */
  withMethods(names: readonly string[], line: string): OptionCheck;
  /** One of these values. */
  oneOf(values: readonly unknown[], line: string): OptionCheck;
  /** What no other check says; `must` completes the sentence "ca must be …". */
  fitting(must: string, line: string, fits: (value: unknown) => boolean): OptionCheck;
  /** Not `null`, where the function checks everything else itself: `undefined` is how an option is left out. */
  notNull(line: string): OptionCheck;
  readonly aClock: OptionCheck;
  /** A Standard Schema (zod, valibot, arktype) for the claims of tokens. */
  readonly aSchema: OptionCheck;
}

/** The checks of options: `checkOptions('f()', options, { onEvent: mustBe.aFunction('onEvent: …') })`. */
export const mustBe: MustBe = Object.freeze<MustBe>({
  aFunction: (line) => check('a function', line, isFunction),
  trueOrFalse: (line) => check('true or false', line, (value) => typeof value === 'boolean'),
  aText: (line) =>
    check('a text that is not empty', line, (value) => typeof value === 'string' && value !== ''),
  anyText: (line) => check('a text', line, (value) => typeof value === 'string'),
  aNumber: (line) =>
    check('a number', line, (value) => typeof value === 'number' && !Number.isNaN(value)),
  listOfTexts: (line) => check('a list of texts', line, isStringList),
  aList: (line) => check('a list', line, Array.isArray),
  anObject: (line) => check('an object', line, (value) => isObject(value) && !Array.isArray(value)),
  withMethods,
  oneOf: (values, line) =>
    check(values.map(String).join(' or '), line, (value) => values.includes(value)),
  fitting: check,
  notNull: (line) => check('set, or left out', line, (value) => value !== null),
  aClock: withMethods(['now'], 'clock: systemClock'),
  // A schema may also be a function (in arktype it is).
  aSchema: check(
    'a Standard Schema',
    'claims: z.object({ tenant_id: z.string() })',
    (value) => (isObject(value) || isFunction(value)) && '~standard' in value,
  ),
});

function withMethods(names: readonly string[], line: string): OptionCheck {
  const what = names.length === 1 ? 'the method' : 'the methods';
  // A store may be a class, and a class has methods as well.
  return check(`an object with ${what} ${names.join(', ')}`, line, (value) => {
    if (!isObject(value) && !isFunction(value)) return false;
    return names.every((name) => isFunction(Reflect.get(value, name)));
  });
}

function check(must: string, line: string, fits: (value: unknown) => boolean): OptionCheck {
  return Object.freeze({ must, line, fits });
}

function isFunction(value: unknown): value is (...args: never) => unknown {
  return typeof value === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
