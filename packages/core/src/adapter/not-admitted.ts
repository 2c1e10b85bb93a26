import { memberOf } from '../lib/member-of.ts';
import { ConfigurationError } from '../model/errors.ts';

/**
 * Makes the error for a value on which `authenticate` has not run. Most often `authenticate` is missing, or comes later.
 * Otherwise the value is not what `authenticate` runs on, and the error says so. `call` is the function that was given it.
 */
export function notAdmitted(call: string, value: unknown): Error {
  const line = `Write: ${call}(req), in Koa ${call}(ctx)`;
  if (typeof value !== 'object' || value === null) {
    return new ConfigurationError(`${call}() takes the request, in Koa the context. ${line}`);
  }
  if (isPrincipal(value)) {
    return new ConfigurationError(`${call}() takes the request, not the principal. ${line}`);
  }
  if (isPartOfContext(value)) {
    return new ConfigurationError(`${call}() takes the context of Koa, not a part of it. ${line}`);
  }
  return new Error(
    'authenticate has not run on this request. Write: app.use(authenticate({ … })) before the route',
  );
}

function isPrincipal(value: object): boolean {
  const kind = memberOf(value, 'kind');
  return (kind === 'user' || kind === 'client') && typeof memberOf(value, 'key') === 'string';
}

/** Koa's `ctx.request` and `ctx.response`. `ctx.req` is a request of Node's, as Express has it. */
function isPartOfContext(value: object): boolean {
  const context = memberOf(value, 'ctx');
  return memberOf(context, 'request') === value || memberOf(context, 'response') === value;
}
