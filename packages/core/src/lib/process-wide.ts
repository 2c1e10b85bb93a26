/**
 * State that is one for the process, by name: the ESM and the CommonJS form of this package, and two
 * copies of it, see the same. What stands there outlives a version: its shape must stay compatible.
 */
export function processWide<State extends object>(name: string, create: () => State): State {
  const key = Symbol.for(`@authly/core:${name}`);
  const found: unknown = Reflect.get(globalThis, key);
  if (found !== undefined) return found as State;
  const state = create();
  Reflect.set(globalThis, key, state);
  return state;
}
