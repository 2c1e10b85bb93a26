import { describe, expect, it } from 'vitest';
import { originCheck } from '../../src/http/allowed-origins.ts';

const APP = 'https://app.example.com';

function from(method: string, headers: Readonly<Record<string, string | readonly string[]>> = {}) {
  return { method, url: '/', header: (name: string) => headers[name] };
}

describe('originCheck', () => {
  const check = originCheck('fromCookie()', [APP, 'http://localhost:5173']);

  it('checks the origin of a GET that is routed as a DELETE, and of a POST that is routed as a GET', () => {
    expect(check({ ...from('GET'), routedMethod: 'DELETE' })).toBe(false);
    expect(check({ ...from('GET', { origin: APP }), routedMethod: 'DELETE' })).toBe(true);
    expect(check({ ...from('POST'), routedMethod: 'GET' })).toBe(false);
    expect(check({ ...from('GET'), routedMethod: 'HEAD' })).toBe(true);
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])('accepts %s from any origin', (method) => {
    expect(check(from(method))).toBe(true);
    expect(check(from(method, { origin: 'https://evil.example' }))).toBe(true);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'get', ''])(
    'accepts %j only from listed origins',
    (method) => {
      expect(check(from(method))).toBe(false);
      expect(check(from(method, { origin: 'https://evil.example' }))).toBe(false);
      expect(check(from(method, { origin: APP }))).toBe(true);
      expect(check(from(method, { origin: 'http://localhost:5173' }))).toBe(true);
    },
  );

  it('treats an upgrade as an unsafe request', () => {
    expect(check(from('GET', { upgrade: 'websocket' }))).toBe(false);
    expect(check(from('GET', { upgrade: 'websocket', origin: APP }))).toBe(true);
  });

  it('uses Sec-Fetch-Site only if same-origin is in the list', () => {
    const post = from('POST', { 'sec-fetch-site': 'same-origin' });
    expect(check(post)).toBe(false);
    expect(originCheck('fromCookie()', ['same-origin'])(post)).toBe(true);
    expect(originCheck('fromCookie()', [APP, 'same-origin'])(post)).toBe(true);
    // The word is no origin.
    const named = from('POST', { origin: 'same-origin' });
    expect(originCheck('fromCookie()', ['same-origin'])(named)).toBe(false);
  });

  it('does not follow a list that is changed later', () => {
    const origins = [APP];
    const fixed = originCheck('fromCookie()', origins);
    origins.push('https://evil.example');
    expect(fixed(from('POST', { origin: 'https://evil.example' }))).toBe(false);
  });

  it.each([
    [`${APP}/`, APP],
    [`${APP}:443`, APP],
    ['https://APP.example.com', APP],
    [`${APP}/login?x=1`, APP],
    ['app.example.com', 'https://app.acme.com'],
    ['http://app.example.com', 'https://app.acme.com'],
    ['https://*.example.com', 'https://app.acme.com'],
    ['*', 'https://app.acme.com'],
    ['null', 'https://app.acme.com'],
    ['same-site', 'https://app.acme.com'],
    ['', 'https://app.acme.com'],
    [7, 'https://app.acme.com'],
  ])('refuses %j in the list, and says what to write', (origin, example) => {
    expect(() => originCheck('fromCookie()', [origin])).toThrow(`Write: origins: ['${example}']`);
  });

  it.each([undefined, null, [], APP, {}])('refuses %j instead of a list', (origins) => {
    expect(() => originCheck('fromCookie()', origins)).toThrow(
      "fromCookie(): origins must be a list of the origins whose pages may send requests that change something. Write: origins: ['https://app.acme.com']",
    );
  });
});
