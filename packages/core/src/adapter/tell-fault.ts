import { ignoreRejection } from '../lib/callback-result.ts';
import { type Warn, warnOperator } from '../lib/operator-warning.ts';

/**
 * Reports an error that happened outside of any framework's error handling. Without `onError` there is a process warning
 * with a fixed text, because the error may contain anything.
 */
export function tellFault(
  onError: ((error: unknown) => void) | undefined,
  error: unknown,
  warn: Warn = warnOperator,
): void {
  if (onError === undefined) {
    warn(
      'A connection could not be opened: a requirement or the accept function has thrown an error. To get the error, write: onError: (error) => log.error(error)',
      'AuthlyWarning',
    );
    return;
  }
  try {
    ignoreRejection(onError(error));
  } catch {
    // An error of the listener must not end the process.
  }
}
