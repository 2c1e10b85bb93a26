/**
 * Makes errors that hold no stack. V8 looks for the frames whenever an error is made, which takes several
 * times as long as all else about one. For errors that say what a request lacks: no line of code is at
 * fault, and a stranger must not be able to make us look for one.
 */
export function withoutStack<Made>(make: () => Made): Made {
  const limit = Error.stackTraceLimit;
  // No assignment: it throws where the intrinsics are frozen, and then errors are dearer, no more.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return make();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', limit);
  }
}
