/**
 * Gives state that the whole process shares, by name. The ESM and the CommonJS form of this package use the same state,
 * and so do two copies of it. Copies of different versions share it too, so its shape must stay compatible.
 */
export function processWide<State extends object>(name: string, create: () => State): State {
  const key = Symbol.for(`@authly/core:${name}`);
  const found: unknown = Reflect.get(globalThis, key);
  if (found !== undefined) return found as State;
  const state = create();
  Reflect.set(globalThis, key, state);
  return state;
}
