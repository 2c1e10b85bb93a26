import type { Principal } from '@authly/core';
import { admissionBehind } from '@authly/core/adapter';
import type { ExpressRequest } from './framework.ts';

// Descriptors without a prototype: what a polluted one holds is not meant here.
const ACCESSOR: PropertyDescriptor & ThisType<object> = Object.assign(Object.create(null), {
  configurable: true,
  get(this: object) {
    return admissionBehind(this)?.principal;
  },
  // Whoever assigns means a property of this one request, as without the accessor.
  set(this: object, value: unknown) {
    define(this, value);
  },
});

/** What requests were seen to inherit from, and inherited {@link ACCESSOR} then. */
const prepared = new WeakSet<object>();

/**
 * Makes `req.principal` be who is calling, by one accessor on what all requests of a copy of Express
 * inherit from, which is there to be extended: a property of its own costs each request more than all
 * else that is done for a token seen before. Where that does not say who is calling, since the request is
 * not Express's, or something else is called `principal` already, the request gets the property itself.
 */
export function showPrincipal(request: ExpressRequest, principal: Principal | undefined): void {
  const prototype: object | null = Object.getPrototypeOf(request);
  if (prototype !== null && !prepared.has(prototype)) prepare(prototype);
  if (request.principal !== principal) define(request, principal);
}

function prepare(prototype: object): void {
  // biome-ignore lint/style/noRestrictedGlobals: imported, it would be loaded before it is needed
  const { IncomingMessage } = process.getBuiltinModule('node:http');
  const shared = sharedPrototypeOf(prototype, IncomingMessage.prototype);
  if (shared === undefined) return;
  if (!('principal' in shared)) Reflect.defineProperty(shared, 'principal', ACCESSOR);
  prepared.add(prototype);
}

/** The last that is not Node's own: an application's requests, and those of one mounted on it, share it. */
function sharedPrototypeOf(prototype: object, nodes: object): object | undefined {
  const next: object | null = Object.getPrototypeOf(prototype);
  if (next === nodes) return prototype;
  return next === null ? undefined : sharedPrototypeOf(next, nodes);
}

function define(request: object, value: unknown): void {
  const own = { value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(request, 'principal', Object.assign(Object.create(null), own));
}
