import { ConfigurationError } from '../model/errors.ts';
import { nearestName } from './nearest-name.ts';
import { OPTION_PLACES } from './option-places.ts';

/**
 * The names of all options that a function knows. The compiler checks that it is complete: it has exactly the
 * members of the options' type, and of every alternative of a union.
 */
export type OptionNames<Options> = Readonly<Record<NameOf<Options>, true>>;

type NameOf<Options> = Options extends unknown ? Extract<keyof Options, string> : never;

/**
 * Checks the form of an options object: it must be an object, and every name in it must be known. A
 * misspelled option would otherwise be ignored, and the check that it asks for would be missing. If a name belongs to another
 * function, the message says to which; if it is similar to a known one, the message names that. Returns the options. Does not
 * check their values.
 *
 * @param owner Whose options they are, as messages name it: `auth0()`, `keys`.
 * @param names An object whose members are named as the options: `{ issuer: true, audience: true }`.
 * @param example The line to write.
 * @throws ConfigurationError that lists the options there are.
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
  if (unknown === undefined) return options;
  const place = Object.hasOwn(OPTION_PLACES, unknown)
    ? `. ${unknown} belongs into ${OPTION_PLACES[unknown]}`
    : '';
  const similar = place === '' ? nearestName(unknown, Object.keys(names)) : undefined;
  const meant = similar === undefined ? '' : `Did you mean ${JSON.stringify(similar)}? `;
  throw new ConfigurationError(
    `${owner} has no option ${JSON.stringify(unknown)}. ${meant}${list}${place || line}`,
  );
}

/** The type of what was given instead, and not its value, which may be a secret. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
