/** A value that is there, or a promise of it. */
export type MaybePromise<Value> = Value | Promise<Value>;

/**
 * Like `then`, but synchronous when `value` is not a promise: the pipeline is written once for both,
 * and a request whose keys are cached costs no promise.
 */
export function andThen<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
  failed?: (error: unknown) => never,
): Result | Promise<Result> {
  return isThenable(value) ? Promise.resolve(value).then(next, failed) : next(value);
}

/**
 * Whether a value is a promise of any kind: `instanceof` would not see one of another realm, of
 * zone.js, or a query builder. Reading `then` may throw, as it does for `await`.
 */
export function isThenable<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
