import { ConfigurationError } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { locateIssuer } from '../src/issuer-identifier.ts';
import { thrown, untyped } from './fixtures.ts';

describe('locateIssuer', () => {
  it.each([
    {
      issuer: 'https://auth.example.com',
      token: '/token',
      url: 'https://auth.example.com/token',
      metadata: ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
    },
    {
      issuer: 'https://auth.example.com/',
      token: '/token',
      url: 'https://auth.example.com/token',
      metadata: ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
    },
    {
      issuer: 'https://example.com/auth/v2',
      token: '/auth/v2/token',
      url: 'https://example.com/auth/v2/token',
      metadata: [
        '/.well-known/oauth-authorization-server/auth/v2',
        '/auth/v2/.well-known/openid-configuration',
      ],
    },
    {
      issuer: 'https://example.com:8443/auth/',
      token: '/auth/token',
      url: 'https://example.com:8443/auth/token',
      metadata: [
        '/.well-known/oauth-authorization-server/auth',
        '/auth/.well-known/openid-configuration',
      ],
    },
  ])(
    'derives the URLs of the endpoints from $issuer (RFC 8414 §3.1)',
    ({ issuer, token, url, metadata }) => {
      const locations = locateIssuer(issuer);
      expect(locations.issuer).toBe(issuer);
      expect(locations.token).toEqual({ path: token, url });
      expect(locations.metadataPaths).toEqual(metadata);
    },
  );

  it.each([
    'http://localhost:3000',
    'http://127.0.0.1:1',
    'http://127.9.9.9',
    'http://[::1]:80'.replace(':80', ''),
  ])('allows http on loopback: %s', (issuer) => {
    expect(locateIssuer(issuer).issuer).toBe(issuer);
  });

  it.each([
    { issuer: 'http://auth.example.com', hint: "issuer: 'https://auth.example.com'" },
    { issuer: 'http://localhost.example.com', hint: 'https' },
    { issuer: 'http://127.0.0.1.example.com', hint: 'https' },
    { issuer: 'ftp://example.com', hint: 'https' },
    { issuer: 'auth.example.com', hint: 'absolute URL' },
    { issuer: '', hint: 'absolute URL' },
    { issuer: '/auth', hint: 'absolute URL' },
    { issuer: 'https://example.com/?a=b', hint: 'query' },
    { issuer: 'https://example.com?', hint: 'query' },
    { issuer: 'https://example.com#', hint: 'fragment' },
    { issuer: 'https://user:pass@example.com', hint: 'user' },
    { issuer: 'https://example.com//', hint: 'double slash' },
    { issuer: 'https://EXAMPLE.com', hint: "'https://example.com/'" },
    { issuer: 'https://example.com:443/a', hint: "'https://example.com/a'" },
    { issuer: 'https://example.com/a/../b', hint: "'https://example.com/b'" },
    { issuer: 'https://example.com/a"b', hint: '%22' },
    { issuer: ' https://example.com', hint: "'https://example.com/'" },
    { issuer: 'https://exämple.com', hint: 'xn--' },
    { issuer: untyped<string>(undefined), hint: 'absolute URL' },
  ])('refuses $issuer and says what to write', ({ issuer, hint }) => {
    const error = thrown(() => locateIssuer(issuer));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(hint);
  });
});
