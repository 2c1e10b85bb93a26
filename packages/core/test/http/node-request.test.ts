import { describe, expect, it } from 'vitest';
import { nodeRequestView, rawHeader } from '../../src/http/node-request.ts';

describe('rawHeader', () => {
  it('finds a header by name, whatever its case on the wire', () => {
    for (const name of ['authorization', 'Authorization', 'AUTHORIZATION', 'aUtHoRiZaTiOn']) {
      expect(rawHeader({ rawHeaders: ['Host', 'x', name, 'Bearer a'] }, 'authorization')).toBe(
        'Bearer a',
      );
    }
  });

  it('is undefined for a header that is not there', () => {
    expect(rawHeader({ rawHeaders: [] }, 'authorization')).toBeUndefined();
    expect(
      rawHeader({ rawHeaders: ['Authorizatio', 'a', 'Authorizations', 'b'] }, 'authorization'),
    ).toBeUndefined();
  });

  it('does not take a value for a name', () => {
    expect(
      rawHeader({ rawHeaders: ['x-note', 'authorization', 'authorization', 'a'] }, 'authorization'),
    ).toBe('a');
    expect(rawHeader({ rawHeaders: ['x-note', 'authorization'] }, 'authorization')).toBeUndefined();
  });

  it('gives repeated headers as a list, in order, never joined', () => {
    const raw = ['Authorization', 'a', 'x', 'y', 'authorization', 'b', 'AUTHORIZATION', 'c'];
    expect(rawHeader({ rawHeaders: raw }, 'authorization')).toEqual(['a', 'b', 'c']);
    expect(rawHeader({ rawHeaders: ['cookie', 'a', 'cookie', 'a'] }, 'cookie')).toEqual(['a', 'a']);
  });

  it('keeps an empty value, which is not an absent one', () => {
    expect(rawHeader({ rawHeaders: ['authorization', ''] }, 'authorization')).toBe('');
    expect(
      rawHeader({ rawHeaders: ['authorization', '', 'authorization', 'a'] }, 'authorization'),
    ).toEqual(['', 'a']);
  });

  it('reads the parsed headers of a request that has no raw ones, and only of such', () => {
    const headers = { authorization: 'Bearer a', 'set-cookie': ['a', 'b'] };
    expect(rawHeader({ rawHeaders: [], headers }, 'authorization')).toBe('Bearer a');
    expect(rawHeader({ rawHeaders: [], headers }, 'set-cookie')).toEqual(['a', 'b']);
    expect(rawHeader({ rawHeaders: [], headers }, 'dpop')).toBeUndefined();
    expect(rawHeader({ rawHeaders: ['host', 'x'], headers }, 'authorization')).toBeUndefined();
  });

  it('ignores a name without a value at the end', () => {
    expect(rawHeader({ rawHeaders: ['authorization'] }, 'authorization')).toBeUndefined();
    const cut = { rawHeaders: ['authorization', 'a', 'authorization'] };
    expect(rawHeader(cut, 'authorization')).toBe('a');
  });
});

describe('nodeRequestView', () => {
  it('shows method, the given URL, and headers', () => {
    const view = nodeRequestView({ method: 'OPTIONS', rawHeaders: ['DPoP', 'x'] }, '/a?b=c');
    expect(view).toMatchObject({ method: 'OPTIONS', url: '/a?b=c' });
    expect(view.header('dpop')).toBe('x');
  });

  it('takes a request without a method for GET', () => {
    expect(nodeRequestView({ rawHeaders: [] }, '/').method).toBe('GET');
  });
});

describe('a polluted prototype', () => {
  it('brings no header, with raw ones and without', () => {
    Object.defineProperty(Object.prototype, 'authorization', { value: 'x', configurable: true });
    const seen = [
      rawHeader({ rawHeaders: [], headers: {} }, 'authorization'),
      rawHeader({ rawHeaders: ['host', 'a'], headers: {} }, 'authorization'),
    ];
    Reflect.deleteProperty(Object.prototype, 'authorization');
    expect(seen).toEqual([undefined, undefined]);
  });
});
