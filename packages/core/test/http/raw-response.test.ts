import { expect, it } from 'vitest';
import { rawResponse } from '../../src/http/raw-response.ts';

it('a raw response has a status line, headers, and a content-length in bytes', () => {
  const text = rawResponse({ status: 401, headers: { 'www-authenticate': 'Bearer' }, body: 'ü' });
  expect(text).toBe(
    'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 2\r\nconnection: close\r\n\r\nü',
  );
});

it.each([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [500, 'Internal Server Error'],
  [503, 'Service Unavailable'],
  [418, ''],
])('the status line of %i has its phrase', (status, phrase) => {
  const [line] = rawResponse({ status, headers: {}, body: '' }).split('\r\n');
  expect(line).toBe(`HTTP/1.1 ${status} ${phrase}`);
});
