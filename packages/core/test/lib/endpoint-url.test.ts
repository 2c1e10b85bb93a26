import { describe, expect, it } from 'vitest';
import { hostOf, isEndpointUrl } from '../../src/lib/endpoint-url.ts';

describe('endpoint URL', () => {
  it.each([
    'https://as.example.com/jwks',
    'https://10.0.0.1/jwks',
    'http://localhost:8080/jwks',
    'http://127.0.0.1/jwks',
    'http://127.9.8.7:1/jwks',
    'http://127.10.20.30/jwks',
    'http://[::1]:8080/jwks',
  ])('%s may be fetched', (url) => {
    expect(isEndpointUrl(url)).toBe(true);
  });

  it.each([
    'http://as.example.com/jwks',
    'http://10.0.0.1/jwks',
    'http://169.254.169.254/latest/meta-data',
    'http://0.0.0.0/jwks',
    'http://[::]/jwks',
    'http://[::ffff:127.0.0.1]/jwks',
    'http://localhost.example.com/jwks',
    // Node asks DNS for this name, and DNS may give any address.
    'http://keycloak.localhost/jwks',
    'http://127.0.0.1.example.com/jwks',
    'http://localhost@as.example.com/jwks',
    'https://user:pass@as.example.com/jwks',
    'https://user@as.example.com/jwks',
    'https://:pass@as.example.com/jwks',
    'file:///etc/passwd',
    'data:application/json,{}',
    'ftp://localhost/jwks',
    '//as.example.com/jwks',
    '/jwks',
    '',
    undefined,
    null,
    7,
    ['https://as.example.com/jwks'],
    { href: 'https://as.example.com/jwks' },
  ])('%j may not', (url) => {
    expect(isEndpointUrl(url)).toBe(false);
  });
});

describe('hosts that are allowed over http', () => {
  const allowed = ['keycloak', '172.18.0.3', '[fd00::1]'];
  it.each([
    ['http://keycloak:8080/jwks', true],
    ['http://KEYCLOAK/jwks', true],
    ['http://172.18.0.3/jwks', true],
    ['http://[fd00::1]:8080/jwks', true],
    ['http://keycloak.example.com/jwks', false],
    ['http://user@keycloak/jwks', false],
    ['ftp://keycloak/jwks', false],
  ])('%s: %s', (url, may) => {
    expect(isEndpointUrl(url, allowed)).toBe(may);
  });

  it.each([
    ['keycloak', 'keycloak'],
    ['Sso.Internal', 'sso.internal'],
    ['172.18.0.3', '172.18.0.3'],
    ['fd00::1', '[fd00::1]'],
    ['[fd00::1]', '[fd00::1]'],
    ['keycloak:8080', undefined],
    ['http://keycloak', undefined],
    ['keycloak/realms', undefined],
    ['a b', undefined],
    ['', undefined],
    [7, undefined],
  ])('%j is the host %j', (text, host) => {
    expect(hostOf(text)).toBe(host);
  });
});
