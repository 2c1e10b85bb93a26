import { IncomingMessage } from 'node:http';
import { findPrincipal, type Principal } from '@authly/core';
import type { ExpressRequest } from './framework.ts';

/** What requests were seen to inherit from, and have {@link ACCESSOR} by now. */
const prepared = new WeakSet<object>();

const ACCESSOR: PropertyDescriptor & ThisType<object> = {
  configurable: true,
  get() {
    return principalBehind(this);
  },
  // Whoever assigns means a property of this one request, as without the accessor.
  set(value: unknown) {
    const own = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(this, 'principal', own);
  },
};

/**
 * Makes `req.principal` say who is calling, as {@link findPrincipal} does: by one accessor on what all
 * requests of a copy of Express inherit from, which is there to be extended. A property of its own costs
 * each request more than all else that is done for a token seen before; one that is not Express's, or
 * has one already, gets it all the same. It is not there on a `Proxy` of the request.
 */
export function showPrincipal(request: ExpressRequest, principal: Principal | undefined): void {
  if (Object.hasOwn(request, 'principal') || !inheritsAccessor(request)) {
    request.principal = principal;
  }
}

function inheritsAccessor(request: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(request);
  if (prototype === null) return false;
  if (prepared.has(prototype)) return true;
  const shared = sharedPrototypeOf(prototype);
  if (shared === undefined) return false;
  const found = Object.getOwnPropertyDescriptor(shared, 'principal');
  const isOurs =
    found === undefined
      ? Reflect.defineProperty(shared, 'principal', ACCESSOR)
      : found.get === ACCESSOR.get;
  if (isOurs) prepared.add(prototype);
  return isOurs;
}

/** The last that is not Node's own: an application's requests, and those of one mounted on it, share it. */
function sharedPrototypeOf(prototype: object): object | undefined {
  let each: object | null = prototype;
  while (each !== null) {
    const next: object | null = Object.getPrototypeOf(each);
    if (next === IncomingMessage.prototype) return each;
    each = next;
  }
  return undefined;
}

/** Also for an object that was made to inherit from a request. */
function principalBehind(request: object): Principal | undefined {
  let each: object | null = request;
  while (each !== null) {
    const principal = findPrincipal(each);
    if (principal !== undefined) return principal;
    each = Object.getPrototypeOf(each);
  }
  return undefined;
}
