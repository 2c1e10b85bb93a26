import { memberOf } from '../lib/member-of.ts';
import { ConfigurationError } from '../model/errors.ts';

/**
 * Detects a function that makes middleware and was given to the framework without being called: the framework
 * then calls it with a request, which no such function takes. `line` is what to write. Throws `ConfigurationError` then.
 */
export function refuseUncalled(name: string, line: string, args: readonly unknown[]): void {
  const [request] = args;
  // A request of Express and a context of Koa both have these.
  const isRequest =
    typeof memberOf(request, 'method') === 'string' &&
    typeof memberOf(request, 'originalUrl') === 'string';
  if (!isRequest) return;
  throw new ConfigurationError(
    `${name} was given to the framework, and not the middleware that it makes. Write ${line}`,
  );
}
