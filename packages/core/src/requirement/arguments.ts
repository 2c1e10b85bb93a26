import { isScopeToken } from '../lib/scope-token.ts';
import { ConfigurationError } from '../model/errors.ts';

/** One scope or more, each of the grammar of RFC 6749 §3.3, without duplicates, frozen. `call` is for the message. */
export function scopeArguments(call: string, values: readonly unknown[]): readonly string[] {
  requireSome(call, 'scope', 'read:users', values);
  return distinct(values.map((value) => scopeArgument(call, value)));
}

/** One name or more, non-empty strings, distinct and frozen. `noun` and `example` are for the message. */
export function nameArguments(
  call: string,
  noun: string,
  example: string,
  values: readonly unknown[],
): readonly string[] {
  requireSome(call, noun, example, values);
  return optionalNameArguments(`${call}()`, `${call}('${example}')`, values);
}

/** As {@link nameArguments}, but there may be none. `subject` and `line` are for the message. */
export function optionalNameArguments(
  subject: string,
  line: string,
  values: readonly unknown[],
): readonly string[] {
  for (const value of values) {
    if (typeof value === 'string' && value !== '') continue;
    throw new ConfigurationError(
      `${subject} takes non-empty strings, not ${show(value)}: write ${line}`,
    );
  }
  return distinct(values.filter((value) => typeof value === 'string'));
}

/**
 * Refuses a member whose value is `undefined`: a setting that was looked up and not found must not
 * count as a setting that was left out.
 */
export function refuseUndefined(call: string, options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) continue;
    throw new ConfigurationError(
      `${call}(): ${name} is undefined, which would check nothing: give it a value, or leave it out`,
    );
  }
}

/** A configured value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'an array';
  if (value === undefined || value === null) return String(value);
  return `a value of type ${typeof value}`;
}

function scopeArgument(call: string, value: unknown): string {
  if (isScopeToken(value)) return value;
  if (Array.isArray(value)) {
    throw new ConfigurationError(
      `${call}() takes no array: write ${call}('read:users', 'write:users')`,
    );
  }
  const words = typeof value === 'string' ? value.split(' ').filter(isScopeToken) : [];
  const line = words.length > 0 ? words.map((word) => `'${word}'`).join(', ') : "'read:users'";
  throw new ConfigurationError(
    `${call}(): ${show(value)} is not one scope (RFC 6749 section 3.3): write ${call}(${line})`,
  );
}

function requireSome(
  call: string,
  noun: string,
  example: string,
  values: readonly unknown[],
): void {
  if (values.length > 0) return;
  throw new ConfigurationError(`${call}() needs at least one ${noun}: write ${call}('${example}')`);
}

function distinct(values: readonly string[]): readonly string[] {
  return Object.freeze([...new Set(values)]);
}
