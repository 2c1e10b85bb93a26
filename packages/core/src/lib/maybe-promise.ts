/** A value, or a promise of it. */
export type MaybePromise<Value> = Value | Promise<Value>;

/**
 * Whether a value is a promise of any kind, that is, whether it has a function `then`. `instanceof Promise` would not
 * recognize promises of a vm context or of zone.js, or database queries that run when they are awaited.
 *
 * Never throws. If reading `then` throws, the value counts as a promise; awaiting it then rejects.
 */
export function isThenable<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  try {
    return typeof (value as { readonly then?: unknown }).then === 'function';
  } catch {
    return true;
  }
}

/**
 * Like `then`, but synchronous when `value` is not a promise. So the pipeline is written once for both cases, and a
 * request whose keys are cached needs no promise. `failed` is only called for a promise that rejects.
 */
export function andThen<Value, Result>(
  value: Value | PromiseLike<Value>,
  next: (value: Value) => MaybePromise<Result>,
  failed?: (error: unknown) => MaybePromise<Result>,
): MaybePromise<Result> {
  // `Promise.resolve`, because the `then` of a foreign promise may throw, call back twice, or give no promise.
  return isThenable(value) ? Promise.resolve(value).then(next, failed) : next(value);
}
