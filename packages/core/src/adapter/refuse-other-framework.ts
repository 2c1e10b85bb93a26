import { memberOf } from '../lib/member-of.ts';
import { ConfigurationError } from '../model/errors.ts';

/** The packages of this project that are adapters. */
export type AdapterPackage = '@authly/express' | '@authly/koa';

/** An app or a router that an adapter is for, and how it is recognized. */
interface Kind {
  readonly name: string;
  readonly package: AdapterPackage;
  readonly isOne: (value: unknown) => boolean;
}

const KINDS: readonly Kind[] = [
  { name: 'an Express app', package: '@authly/express', isOne: isExpressApp },
  { name: 'an Express router', package: '@authly/express', isOne: isExpressRouter },
  { name: 'a Koa app', package: '@authly/koa', isOne: isKoaApp },
  { name: 'a router of @koa/router', package: '@authly/koa', isOne: isKoaRouter },
];

/**
 * Refuses an app or a router of another framework, for `describeRequirements` and `assertGuarded` of the package
 * `adapter`: they would find no routes in it. Throws a `ConfigurationError` that says what it is, and which package to
 * import from. It does not check whether the value is an app or a router of the adapter's own framework.
 */
export function refuseOtherFramework(value: unknown, adapter: AdapterPackage): void {
  const kind = KINDS.find(({ isOne }) => isOne(value));
  if (kind === undefined || kind.package === adapter) return;
  throw new ConfigurationError(
    `assertGuarded() and describeRequirements() of ${adapter} were given ${kind.name}. ` +
      `Write: import { assertGuarded, describeRequirements } from '${kind.package}'`,
  );
}

function isExpressApp(value: unknown): boolean {
  return typeof value === 'function' && hasFunctions(value, ['handle', 'set', 'use']);
}

function isExpressRouter(value: unknown): boolean {
  return typeof value === 'function' && hasFunctions(value, ['handle', 'param', 'use']);
}

function isKoaApp(value: unknown): boolean {
  return Array.isArray(memberOf(value, 'middleware')) && hasFunctions(value, ['callback', 'use']);
}

/** Also the middleware that `router.routes()` gives. */
function isKoaRouter(value: unknown): boolean {
  const router = typeof value === 'function' ? memberOf(value, 'router') : value;
  return Array.isArray(memberOf(router, 'stack')) && hasFunctions(router, ['routes', 'use']);
}

function hasFunctions(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof memberOf(value, name) === 'function');
}
