import { describe, expect, it } from 'vitest';
import { privateJson, publicDocument } from '../src/responses.ts';
import { answerOf } from './fixtures.ts';

describe('publicDocument', () => {
  const endpoint = publicDocument({ contentType: 'text/x', body: { a: 1 }, maxAgeSec: 7 });

  it('answers GET with the document, for every origin and every cache', async () => {
    expect(await answerOf(endpoint, { method: 'GET' })).toEqual({
      status: 200,
      headers: {
        'access-control-allow-origin': '*',
        'content-type': 'text/x',
        'cache-control': 'public, max-age=7',
      },
      body: '{"a":1}',
    });
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const get = await answerOf(endpoint, { method: 'GET' });
    expect(await answerOf(endpoint, { method: 'HEAD' })).toEqual({ ...get, body: undefined });
  });

  it('answers a preflight from any origin', async () => {
    expect(await answerOf(endpoint, { method: 'OPTIONS' })).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD, OPTIONS',
        'access-control-allow-headers': '*',
      },
      body: undefined,
    });
  });

  it.each(['POST', 'PUT', 'DELETE', 'get'])('answers %s with 405', async (method) => {
    expect(await answerOf(endpoint, { method })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS', 'cache-control': 'no-store' },
    });
  });
});

describe('privateJson', () => {
  it('is not stored by caches (RFC 6749 §5.1)', () => {
    expect(privateJson(400, { a: 1 }, { 'x-other': 'b' })).toEqual({
      status: 400,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        pragma: 'no-cache',
        'x-other': 'b',
      },
      body: '{"a":1}',
    });
  });
});
