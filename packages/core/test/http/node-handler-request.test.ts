import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { nodeHandlerRequest } from '../../src/http/node-handler-request.ts';

function aRequest(given: { readonly method?: string; readonly url?: string } = {}) {
  const headers = { rawHeaders: ['Accept', 'a', 'accept', 'b'] };
  return Object.assign(Readable.from([Buffer.from('body')]), headers, given);
}

const parts = { path: '/token', parsedBody: undefined, clientAddress: () => undefined };

describe('nodeHandlerRequest', () => {
  it('has the method, repeated headers as a list, and the bytes of the body', async () => {
    const request = aRequest({ method: 'POST' });
    const made = nodeHandlerRequest(request, { ...parts, parsedBody: { a: '1' } });
    expect(made).toMatchObject({ method: 'POST', path: '/token', parsedBody: { a: '1' } });
    expect(made.header('accept')).toEqual(['a', 'b']);
    const chunks: Uint8Array[] = [];
    for await (const chunk of made.stream) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('body');
  });

  it.each([
    [undefined, ''],
    ['/token', ''],
    ['/token?', ''],
    ['/token?a=1&b=2', 'a=1&b=2'],
    ['/token?a=?&b=2?', 'a=?&b=2?'],
    ['http://other.example/token?a=1', 'a=1'],
  ])('has the raw query of %s', (url, query) => {
    const request = aRequest(url === undefined ? {} : { url });
    expect(nodeHandlerRequest(request, parts).query).toBe(query);
  });

  it('treats a request without a method as GET', () => {
    expect(nodeHandlerRequest(aRequest(), parts).method).toBe('GET');
  });
});
