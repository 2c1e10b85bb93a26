import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { isStringList } from '../lib/json.ts';
import { ConfigurationError } from '../model/errors.ts';

/** Which parts of a token an explanation shows. */
export interface ExplainOptions {
  /** Names of the claims whose values are shown, such as `['iss', 'aud', 'exp']`. Default: none. */
  readonly reveal?: readonly string[];
}

const OPTIONS: OptionNames<ExplainOptions> = { reveal: true };

/** The names of the claims to show. Throws {@link ConfigurationError} when `reveal` is not a list of strings. */
export function revealOf(
  owner: 'explain()' | 'explainRequest()',
  options: ExplainOptions,
): readonly string[] {
  const { reveal = [] } = checkOptions(owner, options, OPTIONS);
  // A string would also have `includes`: with `reveal: 'email_verified'`, the claim `email` would be shown.
  if (isStringList(reveal)) return reveal;
  throw new ConfigurationError(
    `${owner}: reveal must be a list of claim names. Write: { reveal: ['iss', 'aud'] }`,
  );
}

/** Replaces each value of the claims by its type (`[hidden string]`), except for those that `reveal` names. */
export function redact(
  claims: Readonly<Record<string, unknown>>,
  reveal: readonly string[],
): Readonly<Record<string, unknown>> {
  const shown = Object.entries(claims).map(([name, value]) => [
    name,
    reveal.includes(name) ? value : `[hidden ${Array.isArray(value) ? 'array' : typeof value}]`,
  ]);
  return Object.freeze(Object.fromEntries(shown));
}
