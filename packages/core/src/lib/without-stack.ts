/**
 * Makes an error without a stack trace. Collecting the stack takes V8 several times as long as everything else about an
 * error. Used for refusals of requests: no line of code is wrong, and anybody can cause as many refusals as they like.
 */
export function withoutStack<Made>(make: () => Made): Made {
  const limit = Error.stackTraceLimit;
  // Not by assignment, which throws if the intrinsics are frozen. Then the error just has a stack.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return make();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', limit);
  }
}
