/**
 * The own property of an object; `undefined` when it has none of that name. Properties of a polluted
 * prototype must not count as part of a token, a document or an option.
 */
export function ownProperty<Owner extends object, Name extends string>(
  owner: Owner,
  name: Name,
): Name extends keyof Owner ? Owner[Name] | undefined : unknown;
export function ownProperty(owner: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(owner, name) ? owner[name] : undefined;
}

/** An own member that is a string, the empty one included; never coerced. */
export function ownString(owner: object, name: string): string | undefined {
  const value: unknown = ownProperty(owner, name);
  return typeof value === 'string' ? value : undefined;
}

/** An own member that is a number; never coerced. */
export function ownNumber(owner: object, name: string): number | undefined {
  const value: unknown = ownProperty(owner, name);
  return typeof value === 'number' ? value : undefined;
}
