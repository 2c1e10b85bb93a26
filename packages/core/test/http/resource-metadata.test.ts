import { describe, expect, it } from 'vitest';
import type { HandlerRequest } from '../../src/http/handler.ts';
import { resourceMetadata } from '../../src/http/resource-metadata.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const ISSUERS = ['https://as.example.com'];

function aRequest(given: Partial<HandlerRequest> = {}): HandlerRequest {
  return {
    method: 'GET',
    path: WELL_KNOWN,
    query: '',
    header: () => undefined,
    parsedBody: undefined,
    peerAddress: undefined,
    clientAddress: undefined,
    peerCertificate: () => undefined,
    stream: (async function* () {})(),
    ...given,
  };
}

describe('resourceMetadata', () => {
  it.each([
    ['https://api.example.com', `https://api.example.com${WELL_KNOWN}`],
    ['https://api.example.com/', `https://api.example.com${WELL_KNOWN}`],
    ['https://api.example.com/?a=b', `https://api.example.com${WELL_KNOWN}?a=b`],
    ['https://api.example.com?a=b', `https://api.example.com${WELL_KNOWN}?a=b`],
    ['https://api.example.com/a', `https://api.example.com${WELL_KNOWN}/a`],
    ['https://api.example.com/a/', `https://api.example.com${WELL_KNOWN}/a/`],
    ['https://api.example.com/a/b?c=d&e', `https://api.example.com${WELL_KNOWN}/a/b?c=d&e`],
    ['https://api.example.com:8443/a', `https://api.example.com:8443${WELL_KNOWN}/a`],
    ['https://API.example.com:443/a', `https://api.example.com${WELL_KNOWN}/a`],
    ['https://api.example.com/n%c3%b6tes', `https://api.example.com${WELL_KNOWN}/n%c3%b6tes`],
    ['http://localhost:3000/mcp', `http://localhost:3000${WELL_KNOWN}/mcp`],
    ['http://127.0.0.1:3000', `http://127.0.0.1:3000${WELL_KNOWN}`],
  ])(
    '[RFC9728-3.1-b] for %s is at %s, and has the resource exactly as it is configured',
    (resource, url) => {
      const { url: found, path, handler } = resourceMetadata(resource, ISSUERS);
      expect(found).toBe(url);
      expect(path).toBe(new URL(url).pathname);
      const query = new URL(url).search.slice(1);
      const answer = handler(aRequest({ path, query }));
      expect(answer).toMatchObject({ status: 200 });
      expect(JSON.parse((answer as { body: string }).body).resource).toBe(resource);
    },
  );

  it.each([
    [undefined, /needs the API's own URL/],
    ['urn:acme:users', /https URL/],
    ['api.example.com', /https URL/],
    ['http://api.example.com', /https URL/],
    ['https://api.example.com/#part', /https URL/],
    ['https://api.example.com#', /https URL/],
    ['https://user:secret@api.example.com', /without credentials/],
    ['https://api.example.com/a b', /percent-encoded/],
    ['https://api.example.com/nötes', /percent-encoded/],
    ['https://api.example.com/?\\', /percent-encoded/],
    ['https://api.example.com/"', /percent-encoded/],
    [' https://api.example.com', /https URL/],
  ])('[RFC9728-1.2-a] refuses %s as a resource identifier', (resource, message) => {
    expect(() => resourceMetadata(resource, ISSUERS)).toThrow(ConfigurationError);
    expect(() => resourceMetadata(resource, ISSUERS)).toThrow(message);
    expect(() => resourceMetadata(resource, ISSUERS)).toThrow(/Write: createResourceServer/);
  });

  it('is found with any query, or only with the query of the resource if that has one', () => {
    const plain = resourceMetadata('https://api.example.com', ISSUERS);
    expect(plain.handler(aRequest({ query: 'cache=no' }))).toMatchObject({ status: 200 });
    const tenant = resourceMetadata('https://api.example.com?tenant=1', ISSUERS);
    expect(tenant.handler(aRequest({ query: 'tenant=1' }))).toMatchObject({ status: 200 });
    for (const query of ['', 'tenant=2', 'tenant=1&', 'TENANT=1']) {
      expect(tenant.handler(aRequest({ query }))).toBeUndefined();
    }
  });

  it.each([`${WELL_KNOWN}/`, `${WELL_KNOWN}x`, '/', WELL_KNOWN.toUpperCase(), ''])(
    'does not answer for the path %j',
    (path) => {
      const { handler } = resourceMetadata('https://api.example.com', ISSUERS);
      expect(handler(aRequest({ path }))).toBeUndefined();
    },
  );

  it.each([
    ['GET', 200],
    ['HEAD', 200],
    ['OPTIONS', 204],
    ['POST', 405],
    ['DELETE', 405],
    ['get', 405],
  ])('[RFC9728-3.1-a] answers %s with %i, and browsers may read the answer', (method, status) => {
    const { handler } = resourceMetadata('https://api.example.com', ISSUERS);
    const answer = handler(aRequest({ method }));
    expect(answer).toMatchObject({ status, headers: { 'access-control-allow-origin': '*' } });
  });

  it('[RFC9728-7.10-a] may be cached for five minutes, or as long as configured', () => {
    const cacheControl = (maxAgeSec?: number) => {
      const options = maxAgeSec === undefined ? {} : { maxAgeSec };
      const { handler } = resourceMetadata('https://api.example.com', ISSUERS, options);
      return (handler(aRequest()) as { headers: Record<string, string> }).headers['cache-control'];
    };
    expect(cacheControl()).toBe('public, max-age=300');
    expect(cacheControl(0)).toBe('public, max-age=0');
    for (const wrong of [-1, 1.5, Number.NaN, '60' as never]) {
      expect(() => cacheControl(wrong)).toThrow(/maxAgeSec must be a whole number/);
    }
  });
});
