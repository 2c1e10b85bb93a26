import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/model/errors.ts';
import {
  checkDomain,
  checkIssuer,
  checkPreset,
  checkUrl,
  type IssuerForm,
} from '../../../src/providers/internal/issuer-url.ts';

const TENANT: IssuerForm = {
  path: { pattern: /^\/tenants\/[\w-]+$/, example: 'https://h/tenants/r' },
};

describe('an issuer', () => {
  it.each<[issuer: string, form?: IssuerForm]>([
    ['https://as.acme.com'],
    ['https://as.acme.com/'],
    ['http://127.0.0.1:3000/x'],
    ['https://as.acme.com/', { trailingSlash: 'required' }],
    ['https://as.acme.com', { trailingSlash: 'forbidden' }],
    ['https://as.acme.com/tenants/r-1', TENANT],
  ])('may be %s, and is returned unchanged', (issuer, form) => {
    expect(checkIssuer('acme', issuer, form)).toBe(issuer);
  });

  it.each<readonly [unknown, IssuerForm, string]>([
    [undefined, {}, "acme: issuer is missing; write issuer: 'https://…'"],
    ['', {}, 'acme: issuer is missing'],
    [7, {}, 'acme: issuer is missing'],
    [
      'https://as.acme.com',
      { trailingSlash: 'required' },
      "acme({ issuer: 'https://as.acme.com/' })",
    ],
    [
      'https://as.acme.com/',
      { trailingSlash: 'forbidden' },
      "acme({ issuer: 'https://as.acme.com' })",
    ],
    ['https://a.example/tenants/r/', TENANT, "acme({ issuer: 'https://a.example/tenants/r' })"],
    ['https://a.example/x', TENANT, "write acme({ issuer: 'https://h/tenants/r' })"],
    [
      'https://a.example/tenants/r/',
      { ...TENANT, trailingSlash: 'required' },
      "write acme({ issuer: 'https://h/tenants/r' })",
    ],
    [
      'https://a.example/r',
      { path: { pattern: /^\/r\/$/, example: 'https://h/r/' } },
      "acme({ issuer: 'https://a.example/r/' })",
    ],
  ])('may not be %j where its form is %j', (issuer, form, words) => {
    const check = () => checkIssuer('acme', issuer, form);
    expect(check).toThrow(ConfigurationError);
    expect(check).toThrow(words);
  });

  it('that belongs to another preset is refused, with the line to write', () => {
    const auth0 = 'https://acme.eu.auth0.com/';
    expect(checkIssuer('auth0', auth0)).toBe(auth0);
    expect(() => checkIssuer('rfc9068', auth0)).toThrow(`write auth0({ issuer: '${auth0}' })`);
    expect(() => checkPreset('rfc9068', auth0)).toThrow('would misread');
    const b2c = 'https://acme.b2clogin.com/3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10/v2.0/';
    expect(() => checkPreset('rfc9068', b2c)).toThrow(
      "jwksUri: 'https://acme.b2clogin.com/<tenant>.onmicrosoft.com/<policy>/discovery/v2.0/keys'",
    );
  });
});

describe('a URL of the configuration', () => {
  it.each([
    ['https://a.example/k ', 'holds white space or a backslash'],
    ['https:\\\\a.example', 'holds white space or a backslash'],
    ['a.example/k', "is not an absolute URL; write jwksUri: 'https://a.example/k'"],
    ['a example', "write jwksUri: 'https://…'"],
    ['x y.example', "write jwksUri: 'https://…'"],
    ['keys', "is not an absolute URL; write jwksUri: 'https://…'"],
    ['https://me@a.example', 'must not hold credentials'],
    ['https://:secret@a.example', 'must not hold credentials'],
    ['ftp://a.example', 'must be an https URL'],
    ['https://a.example#', 'must not have a fragment'],
  ])('may not be %j', (url, words) => {
    expect(() => checkUrl('acme', 'jwksUri', url)).toThrow(ConfigurationError);
    expect(() => checkUrl('acme', 'jwksUri', url)).toThrow(words);
  });

  it('may have a query only if it is the URL of keys', () => {
    const url = 'https://a.example/k?app=1';
    expect(checkUrl('acme', 'jwksUri', url)).toBe(url);
    for (const setting of ['issuer', 'baseUrl'] as const) {
      expect(() => checkUrl('acme', setting, url)).toThrow('must not have a query');
    }
  });
});

describe('a domain', () => {
  it.each([
    ['Acme.eu.Auth0.com', 'acme.eu.auth0.com'],
    ['localhost:3000', 'localhost:3000'],
  ])('%s is returned in lower case', (domain, given) => {
    expect(checkDomain('acme', domain, 'acme(…)')).toBe(given);
  });

  it.each(['https://a.example', 'a.example/x', 'a.example:', 'x a.example', 'a.example:1x', '', 7])(
    '%j is refused',
    (domain) => {
      expect(() => checkDomain('acme', domain, 'acme(…)')).toThrow(
        `acme: '${domain}' is not a domain; write acme(…)`,
      );
    },
  );
});
