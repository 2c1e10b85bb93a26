/** A member of whatever a value is, own or inherited; `undefined` for a primitive value. */
export function memberOf(value: unknown, name: string): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    return undefined;
  }
  return Reflect.get(value, name);
}
