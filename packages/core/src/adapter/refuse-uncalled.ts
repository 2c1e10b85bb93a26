import { memberOf } from '../lib/member-of.ts';
import { ConfigurationError } from '../model/errors.ts';

/**
 * Detects a common mistake: a function that makes middleware was given to the framework without calling it
 * (`app.use(requireUser)`). The framework then calls it with a request. Throws a `ConfigurationError` in this case. `name`
 * is the function, `line` is what to write, and `args` are the arguments that the function was called with.
 */
export function refuseUncalled(name: string, line: string, args: readonly unknown[]): void {
  const [request] = args;
  // A request of Express and a context of Koa both have these two members.
  const isRequest =
    typeof memberOf(request, 'method') === 'string' &&
    typeof memberOf(request, 'originalUrl') === 'string';
  if (!isRequest) return;
  throw new ConfigurationError(
    `${name} was given to the framework without calling it. Write ${line}`,
  );
}
