import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
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

  it('does not confuse the value of a header with a name', () => {
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

  it('reads the parsed headers of a request that has no raw ones', () => {
    const headers = { authorization: 'Bearer a', 'set-cookie': ['a', 'b'] };
    for (const rawHeaders of [[], undefined]) {
      expect(rawHeader({ rawHeaders, headers }, 'authorization')).toBe('Bearer a');
      expect(rawHeader({ rawHeaders, headers }, 'set-cookie')).toEqual(['a', 'b']);
      expect(rawHeader({ rawHeaders, headers }, 'dpop')).toBeUndefined();
    }
    expect(rawHeader({}, 'authorization')).toBeUndefined();
  });

  it('ignores a name without a value at the end', () => {
    expect(rawHeader({ rawHeaders: ['authorization'] }, 'authorization')).toBeUndefined();
    const cut = { rawHeaders: ['authorization', 'a', 'authorization'] };
    expect(rawHeader(cut, 'authorization')).toBe('a');
  });
});

describe('a header that middleware changed', () => {
  const rawHeaders = ['Host', 'x', 'Authorization', 'Bearer a'];

  it.each<[string, Record<string, unknown>, unknown]>([
    ['deleted', { host: 'x' }, undefined],
    ['undefined', { authorization: undefined }, undefined],
    ['null', { authorization: null }, undefined],
    ['no text', { authorization: 7 }, undefined],
    ['another', { authorization: 'Bearer b' }, 'Bearer b'],
    ['empty', { authorization: '' }, ''],
    ['a list', { authorization: ['Bearer b', 'Bearer c'] }, ['Bearer b', 'Bearer c']],
    ['unchanged', { authorization: 'Bearer a' }, 'Bearer a'],
  ])('is read as middleware left it: %s', (_what, headers, expected) => {
    const request = { rawHeaders, headers } as Parameters<typeof rawHeader>[0];
    expect(rawHeader(request, 'authorization')).toEqual(expected);
  });

  it('is read where middleware added it', () => {
    const request = {
      rawHeaders: ['Host', 'x'],
      headers: { host: 'x', authorization: 'Bearer b' },
    };
    expect(rawHeader(request, 'authorization')).toBe('Bearer b');
  });

  it('replaces repeated headers; the repeated ones are read as long as they are unchanged', () => {
    const repeated = ['authorization', 'Bearer a', 'Authorization', 'Bearer b'];
    const read = (authorization: string) =>
      rawHeader({ rawHeaders: repeated, headers: { authorization } }, 'authorization');
    expect(read('Bearer a')).toEqual(['Bearer a', 'Bearer b']);
    // With Node's `joinDuplicateHeaders`.
    expect(read('Bearer a, Bearer b')).toEqual(['Bearer a', 'Bearer b']);
    expect(read('Bearer b')).toBe('Bearer b');
    expect(read('Bearer c')).toBe('Bearer c');
  });

  it('is distinguished from several cookies that Node joined', () => {
    const raw = ['cookie', 'a=1', 'cookie', 'a=2'];
    const read = (cookie: string) => rawHeader({ rawHeaders: raw, headers: { cookie } }, 'cookie');
    expect(read('a=1; a=2')).toEqual(['a=1', 'a=2']);
    expect(read('a=2')).toBe('a=2');
  });
});

describe('nodeRequestView', () => {
  it('shows method, the given URL, and headers', () => {
    const view = nodeRequestView({ method: 'OPTIONS', rawHeaders: ['DPoP', 'x'] }, '/a?b=c');
    expect(view).toMatchObject({ method: 'OPTIONS', url: '/a?b=c' });
    expect(view.header('dpop')).toBe('x');
  });

  it('treats a request without a method as GET', () => {
    expect(nodeRequestView({ rawHeaders: [] }, '/').method).toBe('GET');
  });

  it('reads of a request only what is asked for, since each member costs time on Express', () => {
    const read: string[] = [];
    const whole = { method: 'GET', rawHeaders: ['Authorization', 'Bearer a'], socket: null };
    const request = new Proxy(Object.assign(whole, { headers: { authorization: 'Bearer a' } }), {
      get(target, name, receiver) {
        read.push(String(name));
        return Reflect.get(target, name, receiver);
      },
    });
    const view = nodeRequestView(request, '/');
    expect(view.header('authorization')).toBe('Bearer a');
    expect(read).toEqual(['socket', 'headers', 'rawHeaders']);
    expect(view.method).toBe('GET');
    expect(read.slice(3)).toEqual(['originalMethod', 'method']);
  });
});

describe('the peer of a request', () => {
  const raw = { rawHeaders: ['x-forwarded-for', '10.0.0.5', 'host', 'x'] };

  it('has the address of its socket, never a forwarded one', () => {
    const socket = { remoteAddress: '192.0.2.7' };
    expect(nodeRequestView({ ...raw, socket }, '/').peerAddress).toBe('192.0.2.7');
    expect(nodeRequestView(raw, '/').peerAddress).toBeUndefined();
  });

  it('keeps the address that it had when the view was made', () => {
    const socket: { remoteAddress: string | undefined } = { remoteAddress: '192.0.2.7' };
    const view = nodeRequestView({ ...raw, socket }, '/');
    socket.remoteAddress = undefined;
    expect(view.peerAddress).toBe('192.0.2.7');
  });

  it.each([
    ['no socket', undefined],
    ['null for a socket', null],
    ['a socket without address', {}],
    ['a Unix domain socket', { remoteAddress: undefined }],
    ['an address that is no text', { remoteAddress: 7 }],
    ['a socket whose members throw', throwing()],
  ])('has neither address nor certificate with %s, and nothing is thrown', (_what, socket) => {
    const view = nodeRequestView({ ...raw, socket }, '/');
    expect(view.peerAddress).toBeUndefined();
    expect(view.peerCertificate?.()).toBeUndefined();
  });

  it('has an address, also if its socket cannot be written to', () => {
    const socket = Object.freeze({ remoteAddress: '192.0.2.7' });
    expect(nodeRequestView({ ...raw, socket }, '/').peerAddress).toBe('192.0.2.7');
  });

  it('has the certificate of its socket, as DER, read when it is asked for', () => {
    const der = new Uint8Array([0x30, 0x00]);
    let reads = 0;
    const getPeerX509Certificate = (): unknown => {
      reads++;
      return { raw: der };
    };
    const view = nodeRequestView({ ...raw, socket: { getPeerX509Certificate } }, '/');
    expect(reads).toBe(0);
    expect(view.peerCertificate?.()).toBe(der);
    const legacy = { getPeerCertificate: (): unknown => ({ raw: der }) };
    expect(nodeRequestView({ ...raw, socket: legacy }, '/').peerCertificate?.()).toBe(der);
  });

  it('keeps the certificate of a connection until its next handshake', () => {
    const [one, other] = [new Uint8Array([0x30, 1]), new Uint8Array([0x30, 2])];
    const socket = Object.assign(new EventEmitter(), {
      reads: 0,
      shown: [undefined, one, other] as (Uint8Array | undefined)[],
      getPeerX509Certificate() {
        socket.reads++;
        return { raw: socket.shown[0] };
      },
    });
    const certificate = () => nodeRequestView({ ...raw, socket }, '/').peerCertificate?.();
    // That there is none is not kept: the server may ask for one later.
    expect([certificate(), certificate(), socket.reads]).toEqual([undefined, undefined, 2]);
    socket.shown.shift();
    expect([certificate(), certificate(), socket.reads]).toEqual([one, one, 3]);
    socket.shown.shift();
    expect(certificate()).toBe(one);
    socket.emit('secure');
    expect([certificate(), certificate(), socket.reads]).toEqual([other, other, 4]);
    expect(socket.listenerCount('secure')).toBe(1);
  });

  it('keeps no certificate of a socket that does not report handshakes or cannot be written to', () => {
    let reads = 0;
    const getPeerX509Certificate = () => ({ raw: new Uint8Array([0x30, ++reads]) });
    const frozen = Object.freeze({ getPeerX509Certificate, addListener: () => {} });
    for (const socket of [{ getPeerX509Certificate }, frozen]) {
      const view = nodeRequestView({ ...raw, socket }, '/');
      expect(view.peerCertificate?.()).not.toEqual(view.peerCertificate?.());
    }
    expect(reads).toBe(4);
  });

  it('has no certificate after its socket was destroyed, also not one that was read before', () => {
    const der = new Uint8Array([0x30, 0]);
    const socket = Object.assign(new EventEmitter(), {
      destroyed: false,
      getPeerX509Certificate: () => ({ raw: der }),
    });
    const view = nodeRequestView({ ...raw, socket }, '/');
    expect(view.peerCertificate?.()).toBe(der);
    socket.destroyed = true;
    expect(view.peerCertificate?.()).toBeUndefined();
  });

  it.each<[string, object | null | undefined, boolean]>([
    ['a path', { server: { address: () => '/run/api.sock' } }, true],
    ['a port', { server: { address: () => ({ address: '::', port: 1 }) } }, false],
    ['no address', { server: { address: () => null } }, false],
    ['no server', { server: null }, false],
    ['a server of another kind', { server: {} }, false],
    ['nothing', {}, false],
    ['no socket', undefined, false],
    ['null', null, false],
  ])('whose server listens on %s came over a Unix domain socket: %s', (_what, socket, isSo) => {
    expect(nodeRequestView({ ...raw, socket }, '/').overUnixSocket).toBe(isSo);
  });

  it('did not come over a Unix domain socket if reading the socket throws, as after an HTTP/2 session has ended', () => {
    const ended = () => {
      throw new Error('ended');
    };
    const socket = Object.defineProperty({}, 'server', { get: ended });
    expect(nodeRequestView({ ...raw, socket }, '/').overUnixSocket).toBe(false);
  });

  it.each<[string, object]>([
    ['none', { authorized: true, getPeerX509Certificate: () => undefined }],
    ['none, as the older method says it', { authorized: true, getPeerCertificate: () => ({}) }],
    ['a socket that has ended', { getPeerCertificate: () => null }],
    ['an empty one', { getPeerX509Certificate: () => ({ raw: new Uint8Array() }) }],
    ['text', { getPeerX509Certificate: () => ({ raw: 'PEM' }) }],
  ])('has no certificate with %s, whatever `authorized` says', (_what, socket) => {
    expect(nodeRequestView({ ...raw, socket }, '/').peerCertificate?.()).toBeUndefined();
  });
});

describe('the view of a request', () => {
  const request = { rawHeaders: ['authorization', 'Bearer sEcReT'] };

  it('has the framework’s request as its identity, or else Node’s', () => {
    const identity = {};
    expect(nodeRequestView(request, '/', { identity }).identity).toBe(identity);
    expect(nodeRequestView(request, '/').identity).toBe(request);
  });

  it('does not show the request when it is printed', () => {
    const view = nodeRequestView(request, '/', { identity: request });
    expect(inspect(view, { depth: 9, showHidden: true }) + JSON.stringify(view)).not.toContain(
      'sEcReT',
    );
  });

  it('has a response whose headers can be set until they are sent', () => {
    const set: unknown[] = [];
    const response = {
      headersSent: false,
      setHeader: (...header: unknown[]) => set.push(header),
    };
    const view = nodeRequestView(request, '/', { response });
    view.setResponseHeader?.('dpop-nonce', 'a');
    response.headersSent = true;
    view.setResponseHeader?.('dpop-nonce', 'b');
    expect(set).toEqual([['dpop-nonce', 'a']]);
    expect(nodeRequestView(request, '/').setResponseHeader).toBeUndefined();
  });

  it('sets a header only if there is none, when unlessSet is given', () => {
    const set: unknown[] = [];
    const response = {
      headersSent: false,
      setHeader: (...header: unknown[]) => set.push(header),
      hasHeader: (name: string) => name === 'cache-control',
    };
    const { setResponseHeader } = nodeRequestView(request, '/', { response });
    setResponseHeader?.('cache-control', 'no-store', { unlessSet: true });
    expect(set).toEqual([]);
    setResponseHeader?.('dpop-nonce', 'a', { unlessSet: true });
    setResponseHeader?.('cache-control', 'no-store');
    setResponseHeader?.('cache-control', 'no-store', {});
    expect(set).toHaveLength(3);
    // A response that cannot tell what is set counts as one where nothing is.
    const { headersSent, setHeader } = response;
    const plain = nodeRequestView(request, '/', { response: { headersSent, setHeader } });
    plain.setResponseHeader?.('cache-control', 'no-store', { unlessSet: true });
    expect(set).toHaveLength(4);
  });
});

describe('the method', () => {
  it('is the method of the request line, also if middleware has replaced it', () => {
    const view = (originalMethod: unknown) =>
      nodeRequestView({ method: 'DELETE', originalMethod, rawHeaders: [] }, '/').method;
    expect(view('POST')).toBe('POST');
    expect(view(undefined)).toBe('DELETE');
    expect(view(['POST'])).toBe('DELETE');
  });
});

function throwing(): object {
  return new Proxy(
    {},
    {
      get() {
        throw new Error('ERR_HTTP2_SOCKET_UNBOUND');
      },
    },
  );
}

describe('a polluted prototype', () => {
  it('adds no header, with and without raw headers', () => {
    Object.defineProperty(Object.prototype, 'authorization', { value: 'x', configurable: true });
    const seen = [
      rawHeader({ rawHeaders: [], headers: {} }, 'authorization'),
      rawHeader({ rawHeaders: ['host', 'a'], headers: {} }, 'authorization'),
    ];
    Reflect.deleteProperty(Object.prototype, 'authorization');
    expect(seen).toEqual([undefined, undefined]);
  });
});
