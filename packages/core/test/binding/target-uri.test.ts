import { describe, expect, it } from 'vitest';
import { namesTarget, parsePublicUrl } from '../../src/binding/target-uri.ts';

const api = { origin: 'https://api.acme.com', prefix: '' };
const below = { origin: 'https://acme.com', prefix: '/v1' };

function names(
  htu: string,
  url: string,
  { upgrade, urls = [api] }: { upgrade?: string | string[]; urls?: (typeof api)[] } = {},
): boolean {
  const header = (name: string) => (name === 'upgrade' ? upgrade : undefined);
  return namesTarget(htu, { method: 'GET', url, header }, urls);
}

describe('namesTarget', () => {
  it.each([
    ['https://api.acme.com/orders', '/orders'],
    ['https://api.acme.com', '/'],
    ['https://api.acme.com/', '/'],
    ['https://api.acme.com?x', '/?y'],
    ['https://api.acme.com#x', '/'],
    ['https://api.acme.com/orders', '/orders?a=/../b'],
    ['https://api.acme.com:/orders', '/orders'],
    ['https://api.acme.com:0443/orders', '/orders'],
    ['https://api.acme.com/a/../b', '/b'],
    ['https://api.acme.com/a/%2e%2E/b', '/b'],
    ['https://api.acme.com/a/', '/a/'],
    ['https://api.acme.com/..a/b..', '/..a/b..'],
    ['https://api.acme.com/a', 'https://api.acme.com/a'],
    ['https://api.acme.com/a', 'HTTPS://API.acme.com:443/a?x'],
    ['https://api.acme.com/', 'https://api.acme.com'],
    ['https://api.acme.com/[x]', '/[x]'],
  ])('%s is the URL of %s', (htu, url) => {
    expect(names(htu, url)).toBe(true);
  });

  it.each([
    ['', '/'],
    ['/', '/'],
    ['//api.acme.com/a', '/a'],
    ['https:/api.acme.com/a', '/a'],
    ['https:api.acme.com/a', '/a'],
    ['https:///api.acme.com/a', '/a'],
    ['https://', '/'],
    ['x:https://api.acme.com/a', '/a'],
    ['https://api.acme.com/a https://api.acme.com/a', '/a'],
    ['ftp://api.acme.com/a', '/a'],
    ['https://user:secret@api.acme.com/a', '/a'],
    ['https://@api.acme.com/a', '/a'],
    ['https://api.acme.com@api.acme.com/a', '/a'],
    ['https://api.acme.com:99999/a', '/a'],
    ['https://api.acme.com:x/a', '/a'],
    ['https://api%2eacme.com/a', '/a'],
    ['https://api.acme.com/a%', '/a%'],
    ['https://api.acme.com/a%2', '/a%2'],
    ['https://api.acme.com/a%zz', '/a%zz'],
    ['https://api.acme.com/a|b', '/a|b'],
    ['https://api.acme.com/caf\u00e9', '/caf\u00e9'],
    ['https://api.acme.com/caf%C3%A9', '/caf\u00c3\u00a9'],
    ['https://api.acme.com/a\u0000', '/a'],
    ['https://api.acme.com\\a', '/a'],
    ['https://api.acme.com/a\n', '/a'],
    ['https://api.acme.com/b', '/a/../b'],
    ['https://api.acme.com/b', '/a/%2E%2e/b'],
    ['https://api.acme.com/b', '/./b'],
    ['https://api.acme.com/a/', '/a/.'],
    ['https://api.acme.com/', '/..'],
    ['https://api.acme.com/b', 'https://api.acme.com/a/../b'],
    ['https://api.acme.com/a', '/a#b'],
    ['https://api.acme.com/a', '/a?b#c'],
    ['https://api.acme.com/', '*'],
    ['https://api.acme.com/', 'api.acme.com:443'],
    ['https://api.acme.com/a', 'a'],
    ['https://api.acme.com/', ''],
    ['https://api.acme.com/a', 'https://evil.com/a'],
    ['https://api.acme.com/a', 'http://api.acme.com/a'],
    ['https://api.acme.com/a', 'wss://api.acme.com/a'],
    ['https://api.acme.com/a', 'https://user@api.acme.com/a'],
    ['https://api.acme.com/a', 'https:///a'],
    ['https://api.acme.com/A', '/a'],
    ['https://api.acme.com/a/', '/a'],
    ['https://api.acme.com/a//b', '/a/b'],
  ])('%s is not the URL of %s', (htu, url) => {
    expect(names(htu, url)).toBe(false);
  });

  it('does not accept hosts that the URL parser would correct', () => {
    const urls = [{ origin: 'http://127.0.0.1:3000', prefix: '' }];
    expect(names('http://127.0.0.1:3000/a', '/a', { urls })).toBe(true);
    expect(names('http://0x7f.1:3000/a', '/a', { urls })).toBe(false);
    expect(names('http://[::1]:3000/a', '/a', { urls })).toBe(false);
    expect(names('http://[::1]/a', '/a', { urls: [{ origin: 'http://[::1]', prefix: '' }] })).toBe(
      true,
    );
  });

  it('adds the prefix that a proxy removes', () => {
    const urls = [api, below];
    expect(names('https://acme.com/v1/orders', '/orders', { urls })).toBe(true);
    expect(names('https://api.acme.com/orders', '/orders', { urls })).toBe(true);
    expect(names('https://acme.com/orders', '/orders', { urls })).toBe(false);
    expect(names('https://acme.com/v1orders', '/orders', { urls })).toBe(false);
    expect(names('https://acme.com/v1/', '/', { urls })).toBe(true);
    expect(names('https://acme.com/v1', '/', { urls })).toBe(false);
    // In absolute form, the origin must be equal to that of the claim.
    expect(names('https://acme.com/v1/a', 'https://acme.com/a', { urls })).toBe(true);
    expect(names('https://acme.com/v1/a', 'https://api.acme.com/a', { urls })).toBe(false);
  });

  it('accepts ws and wss only on a WebSocket upgrade', () => {
    const upgrade = 'WebSocket';
    expect(names('wss://api.acme.com/a', '/a', { upgrade })).toBe(true);
    expect(names('WSS://api.acme.com:443/a', '/a', { upgrade })).toBe(true);
    expect(names('https://api.acme.com/a', '/a', { upgrade })).toBe(true);
    expect(names('ws://api.acme.com/a', '/a', { upgrade })).toBe(false);
    const plain = [{ origin: 'http://localhost', prefix: '' }];
    expect(names('ws://localhost/a', '/a', { upgrade, urls: plain })).toBe(true);
    expect(names('ws://localhost:80/a', '/a', { upgrade, urls: plain })).toBe(true);
    expect(names('wss://api.acme.com/a', '/a')).toBe(false);
    expect(names('wss://api.acme.com/a', '/a', { upgrade: 'h2c' })).toBe(false);
    expect(names('wss://api.acme.com/a', '/a', { upgrade: ['websocket', 'websocket'] })).toBe(
      false,
    );
  });
});

describe('parsePublicUrl', () => {
  it.each([
    ['https://api.acme.com', 'https://api.acme.com', ''],
    ['https://api.acme.com/', 'https://api.acme.com', ''],
    ['HTTPS://API.ACME.COM:443/v1/', 'https://api.acme.com', '/v1'],
    ['http://localhost:3000/a/b//', 'http://localhost:3000', '/a/b'],
    ['https://acme.com/%7eme/%c3%a9', 'https://acme.com', '/~me/%C3%A9'],
    ['https://acme.com/a/../b', 'https://acme.com', '/b'],
  ])('%s is %s and %s', (url, origin, prefix) => {
    const parsed = parsePublicUrl(url);
    expect(parsed).toEqual({ origin, prefix });
    expect(Object.isFrozen(parsed)).toBe(true);
  });

  it.each([
    'api.acme.com',
    '',
    'https://',
    'https://api.acme.com?',
    'https://api.acme.com#',
    'https://api.acme.com/?a',
    'https://user@api.acme.com',
    'https://api.acme.com /',
    'wss://api.acme.com',
    'ftp://api.acme.com',
    'https://api.acme.com/a%2',
  ])('does not accept %j', (url) => {
    expect(parsePublicUrl(url)).toBeUndefined();
  });
});
