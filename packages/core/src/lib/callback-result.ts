/** Whether what a function of the application gave back is `true` itself: a promise, 1 or `'yes'` is not. */
export function isTrue(answer: unknown): boolean {
  if (answer === true) return true;
  ignoreRejection(answer);
  return false;
}

/** An async answer is refused, but its rejection would end the process if nobody handled it. */
export function ignoreRejection(answer: unknown): void {
  if (answer instanceof Promise) answer.catch(ignore);
}

function ignore(): void {}
