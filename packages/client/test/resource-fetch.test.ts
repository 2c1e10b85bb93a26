import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { API, aSource, challenge, INVALID_TOKEN, issued, refused, settled } from './fixtures.ts';

const URL_OF_ORDERS = `${API}/orders`;

/** A source with a token that is old enough to be replaced. */
async function anOldToken(options = {}) {
  const setUp = aSource(options);
  await setUp.source.token();
  setUp.clock.pass(5_000);
  return setUp;
}

function tokensSent({ server }: ReturnType<typeof aSource>) {
  return server.apiRequests.map(({ headers }) => headers.get('authorization'));
}

describe('a request', () => {
  it('[RFC6750-2.1-c] gets the token, and nothing else in it is changed', async () => {
    const { source, server } = aSource();
    const response = await source.fetch(new URL(URL_OF_ORDERS), {
      method: 'PUT',
      headers: { 'content-type': 'text/plain', 'X-Id': '7' },
      body: new URLSearchParams({ a: '1' }),
    });
    expect(await response.text()).toBe('fine');
    const [request] = server.apiRequests;
    expect(request).toMatchObject({ url: URL_OF_ORDERS, method: 'PUT' });
    expect(request?.form.toString()).toBe('a=1');
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      'content-type': 'text/plain',
      'x-id': '7',
      authorization: 'Bearer token-1',
    });
  });

  it.each([
    'https://billing.example.com/',
    'https://orders.example.com.evil.test/',
    'https://orders.example.com@evil.test/',
    'https://orders.example.com:8443/',
    'http://orders.example.com/',
    'http://127.0.0.1/',
    '/orders',
    '',
    'https://orders.example.comx',
  ])('to another origin is not sent: %s', async (url) => {
    const { source, server } = aSource();
    await expect(source.fetch(url)).rejects.toMatchObject({ reason: 'foreign_origin' });
    expect([server.apiRequests, server.tokenRequests]).toEqual([[], []]);
  });

  it.each([
    'https://ORDERS.example.com/orders',
    'https://orders.example.com:443/orders',
    'https://orders.example.com',
    'https://orders.example.com?x',
  ])('to the origin in another spelling is sent: %s', async (url) => {
    const { source } = aSource();
    expect((await source.fetch(url)).status).toBe(200);
  });

  it('goes to the origins that are listed, and to no other', async () => {
    const origins = ['https://a.example.com', 'http://127.0.0.1:8080'];
    const { source } = aSource({ origins });
    await source.fetch('https://a.example.com/x');
    await source.fetch('http://127.0.0.1:8080/x');
    await expect(source.fetch(URL_OF_ORDERS)).rejects.toMatchObject({ reason: 'foreign_origin' });
  });

  it.each(['authorization', 'Authorization', 'DPoP'])(
    'that already has the header %s is refused as a mistake of the caller',
    async (name) => {
      const { source, server } = aSource();
      const headers = { [name]: 'Bearer of-the-user' };
      await expect(source.fetch(URL_OF_ORDERS, { headers })).rejects.toMatchObject({
        reason: 'own_authorization',
        message: expect.stringContaining('source.onBehalfOf(request)'),
      });
      const request = new Request(URL_OF_ORDERS, { headers });
      await expect(source.fetch(request)).rejects.toMatchObject({ reason: 'own_authorization' });
      expect(server.apiRequests).toEqual([]);
    },
  );

  it('fails with the error of fetch, or with that of the source if there is no token', async () => {
    const { source, server } = aSource();
    server.onApi = () => Promise.reject(new TypeError('fetch failed'));
    await expect(source.fetch(URL_OF_ORDERS)).rejects.toThrow('fetch failed');
    const without = aSource();
    without.server.onToken = () => refused(503);
    await expect(without.source.fetch(URL_OF_ORDERS)).rejects.toMatchObject({ status: 503 });
    expect(without.server.apiRequests).toEqual([]);
  });
});

describe('a 401 (60)', () => {
  it('with invalid_token causes one more request with a new token', async () => {
    const setUp = await anOldToken();
    const { source, server, events } = setUp;
    server.onApi = (_request, count) =>
      count === 1 ? challenge(INVALID_TOKEN) : new Response('ok');
    expect(await (await source.fetch(URL_OF_ORDERS, { method: 'POST', body: 'x' })).text()).toBe(
      'ok',
    );
    expect(tokensSent(setUp)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(events.map(({ type }) => type)).toContain('token.rejected');
  });

  it('that comes a second time is returned to the caller', async () => {
    const setUp = await anOldToken();
    setUp.server.onApi = () => challenge(INVALID_TOKEN);
    const response = await setUp.source.fetch(URL_OF_ORDERS);
    expect([response.status, await response.text()]).toEqual([401, 'denied']);
    expect(tokensSent(setUp)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(setUp.server.tokenRequests).toHaveLength(2);
  });

  it.each([
    ['no challenge', undefined],
    ['insufficient_scope', 'Bearer error="insufficient_scope"'],
    ['a challenge without an error', 'Bearer realm="orders"'],
    ['invalid_token of another scheme', 'Basic error="invalid_token"'],
    ['a malformed challenge', 'Bearer error="invalid_token'],
    ['invalid_token in a text', 'Bearer realm="error=invalid_token"'],
  ])('with %s causes no second request', async (_name, value) => {
    const setUp = await anOldToken();
    setUp.server.onApi = () => challenge(value);
    expect((await setUp.source.fetch(URL_OF_ORDERS)).status).toBe(401);
    expect(tokensSent(setUp)).toHaveLength(1);
    expect(setUp.server.tokenRequests).toHaveLength(1);
  });

  it.each([
    ['DPoP error="invalid_token", Bearer realm="x"'],
    ['Basic realm="a, b", bearer realm="x", ERROR=invalid_token'],
  ])('with several challenges is understood: %s', async (value) => {
    const setUp = await anOldToken();
    setUp.server.onApi = (_request, count) => (count === 1 ? challenge(value) : new Response());
    expect((await setUp.source.fetch(URL_OF_ORDERS)).status).toBe(200);
  });

  it('of a thousand requests at once causes one new token, and each is sent again with it', async () => {
    const { source, server, clock } = aSource();
    await source.token();
    clock.pass(5_000);
    server.onApi = ({ headers }) =>
      headers.get('authorization') === 'Bearer token-1'
        ? challenge(INVALID_TOKEN)
        : new Response('fine');
    const all = await Promise.all(Array.from({ length: 1_000 }, () => source.fetch(URL_OF_ORDERS)));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(server.tokenRequests).toHaveLength(2);
    expect(server.apiRequests).toHaveLength(2_000);
  });

  it('of an API that accepts nothing causes at most one request to the token endpoint in five seconds', async () => {
    const { source, server, clock } = aSource();
    server.onApi = () => challenge(INVALID_TOKEN);
    for (let second = 0; second < 20; second++) {
      const all = await Promise.all(Array.from({ length: 50 }, () => source.fetch(URL_OF_ORDERS)));
      expect(new Set(all.map(({ status }) => status))).toEqual(new Set([401]));
      clock.pass(1_000);
    }
    expect(server.tokenRequests).toHaveLength(4);
  });

  it('for a token that is younger than five seconds causes no second request', async () => {
    const { source, server, clock } = aSource();
    await source.token();
    clock.pass(4_999);
    server.onApi = () => challenge(INVALID_TOKEN);
    expect((await source.fetch(URL_OF_ORDERS)).status).toBe(401);
    expect([server.apiRequests.length, server.tokenRequests.length]).toEqual([1, 1]);
  });

  it('and a 403 are not confused', async () => {
    const setUp = await anOldToken();
    setUp.server.onApi = () =>
      new Response(null, { status: 403, headers: { 'www-authenticate': INVALID_TOKEN } });
    expect((await setUp.source.fetch(URL_OF_ORDERS)).status).toBe(403);
    expect(tokensSent(setUp)).toHaveLength(1);
  });

  it('for an old token causes a request with the newer token, if there already is one', async () => {
    const setUp = await anOldToken();
    const { source, server } = setUp;
    server.onApi = async ({ headers }) => {
      await settled();
      return headers.get('authorization') === 'Bearer token-1'
        ? challenge(INVALID_TOKEN)
        : new Response('ok');
    };
    const responses = await Promise.all(
      Array.from({ length: 100 }, () => source.fetch(URL_OF_ORDERS)),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('is returned to the caller if no new token can be fetched, and the old token stays in use', async () => {
    const setUp = await anOldToken();
    const { source, server } = setUp;
    server.onToken = () => refused(503);
    server.onApi = () => challenge(INVALID_TOKEN);
    expect(await (await source.fetch(URL_OF_ORDERS)).text()).toBe('denied');
    expect(await (await source.fetch(URL_OF_ORDERS)).text()).toBe('denied');
    expect(server.tokenRequests).toHaveLength(2);
    server.onApi = () => new Response('ok');
    expect(await (await source.fetch(URL_OF_ORDERS)).text()).toBe('ok');
  });

  it('is returned to the caller if the server gives the same token again', async () => {
    const setUp = await anOldToken();
    setUp.server.onToken = () => issued('token-1');
    setUp.server.onApi = () => challenge(INVALID_TOKEN);
    expect((await setUp.source.fetch(URL_OF_ORDERS)).status).toBe(401);
    expect(tokensSent(setUp)).toHaveLength(1);
  });

  it('stops waiting for the new token when the caller’s signal is aborted', async () => {
    const { source, server } = await anOldToken();
    server.onToken = () => new Promise(() => {});
    server.onApi = () => challenge(INVALID_TOKEN);
    const caller = new AbortController();
    const waiting = source.fetch(URL_OF_ORDERS, { signal: caller.signal });
    await settled();
    caller.abort(new Error('tired'));
    await expect(waiting).rejects.toThrow('tired');
    source.close();
  });
});

describe('a body', () => {
  const BODIES: readonly [string, () => NonNullable<RequestInit['body']>][] = [
    ['text', () => 'x'],
    ['bytes', () => new Uint8Array([1])],
    ['a buffer', () => new Uint8Array([1]).buffer],
    ['a blob', () => new Blob(['x'])],
    ['a form', () => new FormData()],
    ['parameters', () => new URLSearchParams('a=1')],
  ];

  it.each(BODIES)('of %s is sent again', async (_name, body) => {
    const setUp = await anOldToken();
    setUp.server.onApi = (_request, count) =>
      count === 1 ? challenge(INVALID_TOKEN) : new Response('ok');
    const init = { method: 'POST', body: body() };
    expect((await setUp.source.fetch(URL_OF_ORDERS, init)).status).toBe(200);
  });

  it.each([
    ['a web stream', () => new Blob(['x']).stream()],
    ['a stream of Node', () => Readable.from(['x'])],
  ])('that is %s is sent once, and the caller gets the 401', async (_name, body) => {
    const setUp = await anOldToken();
    setUp.server.onApi = () => challenge(INVALID_TOKEN);
    const init = { method: 'POST', body: body() as ReadableStream, duplex: 'half' as const };
    const response = await setUp.source.fetch(URL_OF_ORDERS, init);
    expect([response.status, await response.text()]).toEqual([401, 'denied']);
    expect(tokensSent(setUp)).toHaveLength(1);
  });

  it('of a Request is sent again', async () => {
    const setUp = await anOldToken();
    const bodies: string[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (!String(input).startsWith(API)) return setUp.server.fetch(input, init);
      bodies.push(await new Response(init?.body ?? null).text());
      return bodies.length === 1 ? challenge(INVALID_TOKEN) : new Response('ok');
    };
    const { source } = await anOldToken({ fetch });
    const request = new Request(URL_OF_ORDERS, {
      method: 'POST',
      body: 'an order',
      headers: { 'content-type': 'text/plain' },
    });
    expect((await source.fetch(request)).status).toBe(200);
    expect(bodies).toEqual(['an order', 'an order']);
  });
});

describe('a redirect (62)', () => {
  const to = (location: string, status = 302) =>
    new Response(null, { status, headers: { location } });

  it('on the same origin is followed with the token', async () => {
    const setUp = aSource();
    setUp.server.onApi = ({ url }) => (url === URL_OF_ORDERS ? to('/moved') : new Response('ok'));
    expect(await (await setUp.source.fetch(URL_OF_ORDERS)).text()).toBe('ok');
    expect(setUp.server.apiRequests.map(({ url }) => url)).toEqual([URL_OF_ORDERS, `${API}/moved`]);
    expect(tokensSent(setUp)).toEqual(['Bearer token-1', 'Bearer token-1']);
  });

  it.each([
    'https://evil.example.com/',
    'http://orders.example.com/',
    'https://user:pass@orders.example.com/',
    '//evil.example.com/',
    '/\\\\evil.example.com/',
    'https:\\\\evil.example.com\\',
    'https://orders.example.com.',
    'javascript:alert(1)',
    'https://[',
  ])('to elsewhere is returned to the caller: %s', async (location) => {
    const { source, server } = aSource();
    server.onApi = () => to(location);
    const response = await source.fetch(URL_OF_ORDERS);
    expect([response.status, response.headers.get('location')]).toEqual([302, location]);
    expect(server.apiRequests).toHaveLength(1);
  });

  it('to another of the allowed origins is not followed either', async () => {
    const { source, server } = aSource({ origins: [API, 'https://other.example.com'] });
    server.onApi = () => to('https://other.example.com/');
    expect((await source.fetch(URL_OF_ORDERS)).status).toBe(302);
    expect(server.apiRequests).toHaveLength(1);
  });

  it.each([
    ['POST', 301, 'GET', undefined],
    ['POST', 302, 'GET', undefined],
    ['PUT', 302, 'PUT', 'text/plain'],
    ['PUT', 303, 'GET', undefined],
    ['HEAD', 303, 'HEAD', 'text/plain'],
    ['POST', 307, 'POST', 'text/plain'],
    ['POST', 308, 'POST', 'text/plain'],
    ['GET', 301, 'GET', 'text/plain'],
  ])('of a %s with %i becomes a %s', async (method, status, next, type) => {
    const { source, server } = aSource();
    server.onApi = (_request, count) => (count === 1 ? to('/next', status) : new Response());
    await source.fetch(URL_OF_ORDERS, { method, headers: { 'content-type': 'text/plain' } });
    const second = server.apiRequests[1];
    expect([second?.method, second?.headers.get('content-type') ?? undefined]).toEqual([
      next,
      type,
    ]);
  });

  it('that would need a stream a second time is returned to the caller', async () => {
    const { source, server } = aSource();
    server.onApi = () => to('/next', 307);
    const init = { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' as const };
    expect((await source.fetch(URL_OF_ORDERS, init)).status).toBe(307);
  });

  it.each([[304], [300], [305]])('is not assumed for status %i', async (status) => {
    const { source, server } = aSource();
    server.onApi = () => to('/next', status);
    expect((await source.fetch(URL_OF_ORDERS)).status).toBe(status);
  });

  it('is returned or refused if the caller asks for that', async () => {
    const { source, server } = aSource();
    server.onApi = () => to('/next');
    expect((await source.fetch(URL_OF_ORDERS, { redirect: 'manual' })).status).toBe(302);
    await expect(source.fetch(URL_OF_ORDERS, { redirect: 'error' })).rejects.toThrow(TypeError);
    expect(server.apiRequests).toHaveLength(2);
  });

  it('is not followed without end', async () => {
    const { source, server } = aSource();
    server.onApi = () => to('/again');
    await expect(source.fetch(URL_OF_ORDERS)).rejects.toMatchObject({
      reason: 'too_many_redirects',
    });
    expect(server.apiRequests).toHaveLength(21);
  });
});
