import { IncomingMessage } from 'node:http';
import { Http2ServerRequest } from 'node:http2';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { createRequestMap } from '../../src/lib/request-map.ts';

const first = { who: 'somebody-we-know' };
const second = { who: 'bob' };

function aRequest(): IncomingMessage & { _readableState?: object } {
  return new IncomingMessage(new Socket());
}

/** A request of `node:http2`, which has the state of a stream of its own. */
function anHttp2Request(): object {
  const stream = new Readable({ read() {} });
  return Reflect.construct(Http2ServerRequest, [stream, {}, {}, []]);
}

/** Has no room for another member. */
function sealed<Target extends object>(target: Target): Target {
  return Object.preventExtensions(target);
}

describe('a value that is stored for a request', () => {
  it.each<[string, () => object]>([
    ['of Node', aRequest],
    ['of HTTP/2', anHttp2Request],
    ['that is frozen', () => Object.freeze(aRequest())],
    ['whose state is frozen', () => ({ _readableState: Object.freeze({}) })],
    ['whose state may have no more members', () => ({ _readableState: sealed({}) })],
    ['whose state is no object', () => ({ _readableState: 'open' })],
    ['without a stream', () => ({})],
    ['behind a proxy', () => new Proxy(aRequest(), {})],
    ['that inherits from one of Node', () => Object.create(aRequest())],
  ])('is found again by the same one, %s, and is replaced', (_what, make) => {
    const map = createRequestMap<object>();
    const request = make();
    expect(map.get(request)).toBeUndefined();
    map.set(request, first);
    expect(map.get(request)).toBe(first);
    map.set(request, second);
    expect(map.get(request)).toBe(second);
    expect(map.get(make())).toBeUndefined();
  });

  it.each<[string, () => object]>([
    ['Node', aRequest],
    ['HTTP/2', anHttp2Request],
  ])('adds no entry to a WeakMap for a request of %s', (_what, make) => {
    const added = vi.spyOn(WeakMap.prototype, 'set');
    const map = createRequestMap<object>();
    const request = make();
    map.set(request, first);
    expect(map.get(request)).toBe(first);
    expect(added).not.toHaveBeenCalledWith(request, first);
    added.mockRestore();
  });

  it('is not found by a copy of the request, by an object that inherits from it, or by a proxy of it', () => {
    const map = createRequestMap<object>();
    const request = aRequest();
    map.set(request, first);
    const others = [{ ...request }, Object.create(request), new Proxy(request, {})];
    for (const other of others) {
      expect(map.get(other)).toBeUndefined();
      map.set(other, second);
      expect(map.get(other)).toBe(second);
      expect(map.get(request)).toBe(first);
    }
  });

  it('does not change when a request and an object that inherits from it are both stored', () => {
    const map = createRequestMap<object>();
    const request = aRequest();
    const wrapper = Object.create(request);
    map.set(wrapper, second);
    map.set(request, first);
    expect([map.get(request), map.get(wrapper)]).toEqual([first, second]);
  });

  it('is not found by another map', () => {
    const [one, other] = [createRequestMap<object>(), createRequestMap<object>()];
    const request = aRequest();
    one.set(request, first);
    expect(other.get(request)).toBeUndefined();
    other.set(request, second);
    expect([one.get(request), other.get(request)]).toEqual([first, second]);
  });

  it('is not shown when the request is printed, and is not among its members', () => {
    const map = createRequestMap<object>();
    const request = aRequest();
    const before = Reflect.ownKeys(request._readableState ?? {});
    map.set(request, first);
    expect(Reflect.ownKeys(request._readableState ?? {})).toEqual(before);
    const options = { showHidden: true, depth: null, getters: true };
    expect(inspect(request, options)).not.toContain('somebody-we-know');
  });
});
