import { Given } from './given.ts';

/**
 * Keeps a value for each object that represents a request, by its identity. A `WeakMap` has this
 * interface, too.
 */
export interface RequestMap<Value> {
  get(request: object): Value | undefined;
  set(request: object, value: Value): unknown;
}

/**
 * Makes an empty map for what is remembered about requests.
 *
 * The value of a request of Node's is kept in a private member of the stream's state
 * (`_readableState`), which belongs to this request alone. An entry in a `WeakMap` costs a request
 * 1 to 2 µs, most of it in the garbage collector, and a new member of an Express request costs as
 * much. The value belongs to exactly this request, and not to a copy or to an object that inherits
 * from it. An object without such a state, or whose state cannot be extended, has an entry in a
 * `WeakMap`.
 */
export function createRequestMap<Value extends object>(): RequestMap<Value> {
  const others = new WeakMap<object, Value>();

  /** Adds a value to the place beside a request. Of each map, since each has values of its own. */
  class Kept extends Given {
    #request: object | undefined = undefined;
    #value: Value | undefined = undefined;

    /** False when the place is another request's. Throws where nothing can be added to the place. */
    static set(place: object, request: object, value: Value): boolean {
      if (!(#request in place)) new Kept(place);
      const kept = place as Kept;
      if (kept.#request !== undefined && kept.#request !== request) return false;
      kept.#request = request;
      kept.#value = value;
      return true;
    }

    static get(place: object, request: object): Value | undefined {
      return #request in place && place.#request === request ? place.#value : undefined;
    }
  }

  function isKeptIn(place: object, request: object, value: Value): boolean {
    try {
      return Kept.set(place, request, value);
    } catch {
      return false;
    }
  }

  return {
    get(request) {
      const place = placeOf(request);
      return (place && Kept.get(place, request)) ?? others.get(request);
    },
    set(request, value) {
      const place = placeOf(request);
      if (place === undefined || !isKeptIn(place, request, value)) others.set(request, value);
    },
  };
}

function placeOf(request: object): object | undefined {
  const { _readableState: state } = request as { readonly _readableState?: unknown };
  return typeof state === 'object' && state !== null ? state : undefined;
}
