/**
 * Goes on with a value that is there, or with one that is awaited: the pipeline is written once for
 * both, and a request whose keys are at hand costs no promise.
 */
export function andThen<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
  failed?: (error: unknown) => never,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next, failed) : next(value);
}
