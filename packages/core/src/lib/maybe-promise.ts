/** A value that is there, or a promise of it. */
export type MaybePromise<Value> = Value | Promise<Value>;

/**
 * Whether a value is a promise, of whatever realm or library: it has a callable `then`. `instanceof`
 * would miss promises of a vm context, of zone.js, and queries that run when they are awaited.
 *
 * Never throws: a `then` that cannot be read counts as one, and awaiting the value then rejects.
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
 * Like `then`, but synchronous when `value` is not a promise: the pipeline is written once for both,
 * and a request whose keys are cached costs no promise.
 */
export function andThen<Value, Result>(
  value: Value | PromiseLike<Value>,
  next: (value: Value) => MaybePromise<Result>,
  failed?: (error: unknown) => MaybePromise<Result>,
): MaybePromise<Result> {
  // Promise.resolve, since a `then` of somebody else's may throw, answer twice, or give no promise.
  return isThenable(value) ? Promise.resolve(value).then(next, failed) : next(value);
}
