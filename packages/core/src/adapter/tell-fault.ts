import { ignoreRejection } from '../lib/callback-result.ts';
import { type Warn, warnOperator } from '../lib/operator-warning.ts';

/**
 * Tells of a fault that happened where no framework catches any. Without a listener the process is warned,
 * with a fixed text: what was thrown may hold anything.
 */
export function tellFault(
  onError: ((error: unknown) => void) | undefined,
  error: unknown,
  warn: Warn = warnOperator,
): void {
  if (onError === undefined) {
    warn(
      'A connection could not be opened: a requirement, or what accepts connections, has thrown. Give onError to be told what.',
      'AuthlyWarning',
    );
    return;
  }
  try {
    ignoreRejection(onError(error));
  } catch {
    // A fault of the listener must not become one of the process.
  }
}
