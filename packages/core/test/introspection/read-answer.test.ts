import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/introspection/read-answer.ts';

const BASIC = { method: 'client_secret_basic', isVerifiedJwt: false };

function response(status: number, body: string | Uint8Array = '', headers: object = {}) {
  const noBody = status === 204 || status === 304;
  return new Response(noBody ? null : (body as string), { status, headers: { ...headers } });
}

const read = (given: Response, options = {}) => readAnswer(given, { ...BASIC, ...options });

async function failureOf(given: Response, options = {}) {
  const error: unknown = await read(given, options).catch((reason: unknown) => reason);
  return error;
}

describe('an answer with status 200', () => {
  it('is read as a JSON object, whatever its content type', async () => {
    for (const type of ['application/json', 'text/plain']) {
      const given = response(200, '{"active":true}', { 'content-type': type });
      expect(await read(given)).toEqual({ kind: 'json', body: { active: true } });
    }
  });

  it.each(['application/token-introspection+jwt', ' APPLICATION/Token-Introspection+JWT ; x=y'])(
    'is signed if its media type says so: %s',
    async (type) => {
      const given = response(200, ' a.b.c\n', { 'content-type': type });
      expect(await read(given)).toEqual({ kind: 'signed', jwt: 'a.b.c' });
    },
  );

  it.each([
    ['<html>', 'not_json'],
    ['', 'not_json'],
    ['[]', 'malformed'],
    ['null', 'malformed'],
    ['{"active":false,"active":true}', 'malformed'],
    ['{"active":true,"cnf":{"jkt":"a","jkt":"b"}}', 'malformed'],
    ['"text"', 'malformed'],
    [`{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'malformed'],
  ])('that is %s fails as %s', async (text, failure) => {
    expect(await failureOf(response(200, text))).toMatchObject({ failure });
  });

  it('may have at most 256 KiB', async () => {
    const text = (length: number) => `{"a":"${'x'.repeat(length - 8)}"}`;
    expect(await read(response(200, text(262_144)))).toMatchObject({ kind: 'json' });
    expect(await failureOf(response(200, text(262_145)))).toMatchObject({
      failure: 'too_large',
      message: 'The response is larger than 262144 bytes',
    });
  });
});

describe('another status', () => {
  it.each([
    [302, 'redirect'],
    [300, 'redirect'],
    [399, 'redirect'],
    [403, 'unauthorized'],
    [404, 'status'],
    [429, 'status'],
    [500, 'status'],
    [204, 'status'],
    [201, 'status'],
  ])('%i fails as %s, and its body is not read', async (status, failure) => {
    const given = response(status, 'body');
    expect(await failureOf(given)).toMatchObject({ failure, status });
    if (status !== 204) expect(given.bodyUsed).toBe(true);
  });

  it('of a redirect that fetch hides fails as a redirect, too', async () => {
    const opaque = Object.defineProperty(response(200, '{}'), 'type', { value: 'opaqueredirect' });
    expect(await failureOf(opaque)).toMatchObject({ failure: 'redirect' });
  });

  it.each([
    [400, '{"error":"invalid_request"}', 'status'],
    [400, '{"error":"invalid_token"}', 'status'],
    [400, '{"error":"invalid_client"}', 'unauthorized'],
    [400, '', 'status'],
    [400, '<html>', 'status'],
    [401, '', 'unauthorized'],
    [401, '{"error":"invalid_client"}', 'unauthorized'],
    [401, '{"error":"unsupported_token_type"}', 'unauthorized'],
    [401, '{"error":["invalid_token"]}', 'unauthorized'],
  ])('%i with %s fails as %s', async (status, body, failure) => {
    expect(await failureOf(response(status, body))).toMatchObject({ failure, status });
  });

  it.each([
    [400, '{"error":"unsupported_token_type"}', {}],
    [401, '{"error":"invalid_token"}', {}],
    [401, '', { 'www-authenticate': 'Bearer realm="x", error="invalid_token"' }],
    [401, '', { 'www-authenticate': 'Bearer error=invalid_token' }],
  ])('%i with %s means that the token is not active', async (status, body, headers) => {
    expect(await read(response(status, body, headers))).toEqual({ kind: 'inactive' });
  });

  it.each(['Bearer error="invalid_token_x"', 'Bearer terror="invalid_token"', 'Basic'])(
    '401 with the challenge %s does not mean that',
    async (challenge) => {
      const given = response(401, '', { 'www-authenticate': challenge });
      expect(await failureOf(given)).toMatchObject({ failure: 'unauthorized' });
    },
  );

  it('401 is about our own token if we have sent one', async () => {
    const given = response(401, '{"error":"invalid_token"}');
    expect(await failureOf(given, { method: 'bearer' })).toMatchObject({ failure: 'unauthorized' });
  });

  it('400 about a verified JWT means that the server does not introspect JWTs', async () => {
    const given = response(400, '{"error":"unsupported_token_type"}');
    expect(await failureOf(given, { isVerifiedJwt: true })).toMatchObject({
      failure: 'jwts_unsupported',
      status: 400,
    });
  });

  it.each([
    ['1', 1],
    ['0', 1],
    ['60', 60],
    ['61', 60],
    ['', undefined],
    ['-1', undefined],
    ['1e9', undefined],
    ['1234567890', undefined],
    ['Fri, 31 Dec 1999 23:59:59 GMT', undefined],
  ])('with Retry-After %j waits %s seconds', async (given, retryAfterSec) => {
    const failed = await failureOf(response(503, '', { 'retry-after': given }));
    expect(failed).toMatchObject({ retryAfterSec });
  });
});
