/**
 * Reads an own property of an object; `undefined` when it has none with that name. Inherited properties are not read: a
 * property of a polluted prototype must not count as part of a token, a document or an option.
 */
export function ownProperty<Owner extends object, Name extends string>(
  owner: Owner,
  name: Name,
): Name extends keyof Owner ? Owner[Name] | undefined : unknown;
export function ownProperty(owner: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(owner, name) ? owner[name] : undefined;
}

/** Reads an own property that is a string (it may be empty); `undefined` for any other type. */
export function ownString(owner: object, name: string): string | undefined {
  const value: unknown = ownProperty(owner, name);
  return typeof value === 'string' ? value : undefined;
}

/** Reads an own property that is a number; `undefined` for any other type. */
export function ownNumber(owner: object, name: string): number | undefined {
  const value: unknown = ownProperty(owner, name);
  return typeof value === 'number' ? value : undefined;
}
