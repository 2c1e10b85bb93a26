/** Reads a member of an unknown value, own or inherited. `undefined` if the value is not an object or a function. */
export function memberOf(value: unknown, name: string): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    return undefined;
  }
  return Reflect.get(value, name);
}
