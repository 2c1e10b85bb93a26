import { ConfigurationError } from '../model/errors.ts';
import { nearestName } from './nearest-name.ts';
import type { OptionCheck } from './option-checks.ts';
import { OPTION_PLACES } from './option-places.ts';

/**
 * The names of all options that a function has, each with what its value must be, or with `true` if the function checks
 * the value itself. The compiler checks that no name is missing: the type has the members of the options' type, and of
 * every alternative if that is a union.
 */
export type OptionNames<Options> = Readonly<Record<NameOf<Options>, true | OptionCheck>>;

type NameOf<Options> = Options extends unknown ? Extract<keyof Options, string> : never;

/**
 * Checks that the options are an object, that every name in it is known, and that the values are what `names` says.
 * Without this check, a misspelled option would be ignored, and the security check that it asks for would be missing.
 * Returns the options. Does not check the values of options that have `true` in `names`.
 *
 * If an unknown name is similar to a known name, the error suggests that name. If it is an option of another function, the
 * error says of which one.
 *
 * @param owner The function or option that these options belong to, as error messages name it: `auth0()`, `keys`.
 * @param names An object with a member for each option: `{ issuer: true, onEvent: aFunction('onEvent: …') }`.
 * @param example The line to write, for error messages.
 * @throws ConfigurationError that lists the known options, or says what the value must be.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  names: object,
  example?: string,
): Options {
  const given: unknown = options;
  const list = `Its options are: ${Object.keys(names).join(', ')}`;
  const line = example === undefined ? '' : `. Write: ${example}`;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigurationError(
      `${owner} takes an object of options, not ${kindOf(given)}${line || `. ${list}`}`,
    );
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) {
    checkValues(owner, options, names);
    return options;
  }
  const place = Object.hasOwn(OPTION_PLACES, unknown)
    ? `. ${unknown} belongs in ${OPTION_PLACES[unknown]}`
    : '';
  const similar = place === '' ? nearestName(unknown, Object.keys(names)) : undefined;
  const meant = similar === undefined ? '' : `Did you mean ${JSON.stringify(similar)}? `;
  throw new ConfigurationError(
    `${owner} has no option ${JSON.stringify(unknown)}. ${meant}${list}${place || line}`,
  );
}

/** Also checks values that the options inherit, or that a getter gives: functions read them in the same way. */
function checkValues(owner: string, options: object, names: object): void {
  for (const [name, check] of Object.entries(names)) {
    if (!isOptionCheck(check)) continue;
    const value: unknown = Reflect.get(options, name);
    if (value === undefined || check.fits(value)) continue;
    throw new ConfigurationError(
      `${owner}: ${name} must be ${check.must}, not ${kindOf(value)}. Write: ${check.line}`,
    );
  }
}

// Some callers give their defaults as names, so a member may be any value.
function isOptionCheck(value: unknown): value is OptionCheck {
  return typeof value === 'object' && value !== null && 'fits' in value && 'must' in value;
}

/** Names the type of a value, for the message. Not the value itself, which may be a secret. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
