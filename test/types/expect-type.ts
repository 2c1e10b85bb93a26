/** Compiles exactly if the value is of the type. */
export function typed<Expected>(value: Expected): Expected {
  return value;
}

/** Whether two types are the same, which assignability alone does not say: `any` is assignable to all. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
