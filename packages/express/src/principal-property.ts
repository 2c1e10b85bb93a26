import type { Principal } from '@authly/core';
import { admissionBehind, requestMember } from '@authly/core/adapter';
import type { ExpressRequest } from './framework.ts';

// Descriptors without a prototype, so that a polluted prototype has no effect on them.
const ACCESSOR: PropertyDescriptor & ThisType<object> = Object.assign(Object.create(null), {
  configurable: true,
  get(this: object) {
    return admissionBehind(this)?.principal;
  },
  // An assignment makes a property of this one request, as it would without the accessor.
  set(this: object, value: unknown) {
    define(this, value);
  },
});

/** Prototypes of requests that are known to inherit {@link ACCESSOR}. */
const prepared = new WeakSet<object>();

/**
 * Makes `req.principal` return the caller, by one accessor on the prototype that all requests of a copy of
 * Express share. Express documents this prototype as the place for extensions. A property on each request would
 * cost more than everything else that is done for a cached token. Where the accessor does not work, because the
 * request is not Express's or already has a member `principal`, the request gets a property of its own.
 */
export function showPrincipal(request: ExpressRequest, principal: Principal | undefined): void {
  const prototype: object | null = Object.getPrototypeOf(request);
  if (prototype !== null && !prepared.has(prototype)) prepare(prototype);
  if (requestMember(request, 'principal') !== principal) define(request, principal);
}

function prepare(prototype: object): void {
  // biome-ignore lint/style/noRestrictedGlobals: an import would load the module before it is needed
  const { IncomingMessage } = process.getBuiltinModule('node:http');
  const shared = sharedPrototypeOf(prototype, IncomingMessage.prototype);
  if (shared === undefined) return;
  if (!('principal' in shared)) Reflect.defineProperty(shared, 'principal', ACCESSOR);
  prepared.add(prototype);
}

/** The last prototype that is not Node's own. Requests of an application and of apps mounted on it share it. */
function sharedPrototypeOf(prototype: object, nodes: object): object | undefined {
  const next: object | null = Object.getPrototypeOf(prototype);
  if (next === nodes) return prototype;
  return next === null ? undefined : sharedPrototypeOf(next, nodes);
}

function define(request: object, value: unknown): void {
  const own = { value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(request, 'principal', Object.assign(Object.create(null), own));
}
