import { ConfigurationError } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { aTransmitter } from '../../../test/support/signals.ts';
import { ISSUER, jwks } from '../../../test/support/tokens.ts';
import { createTransmitter } from '../src/transmitter.ts';

const preset = rfc9068({ issuer: ISSUER, jwks });
const made = (options: object) => createTransmitter({ ...aTransmitter(), ...options } as never, {});

describe('the options of a transmitter', () => {
  it.each<[object, string]>([
    [{ issuer: '' }, "issuer: 'https://sso.acme.com'"],
    [{ issuer: undefined }, "issuer: 'https://sso.acme.com'"],
    [{ issuer: {} }, "issuer: 'https://sso.acme.com'"],
    [{ audience: '' }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: undefined }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: [] }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: ['a', ''] }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: null }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: { prefix: '' } }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: { prefix: '/' } }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: { prefix: 'orders-api' } }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: { prefix: 7 } }, "audience: { prefix: 'orders-api/' }"],
    [{ audience: { startsWith: 'a/' } }, 'has no option "startsWith"'],
    [{ authorization: undefined }, "authorization: 'Bearer …'"],
    [{ authorization: '' }, "authorization: 'Bearer …'"],
    [{ authorization: [] }, "authorization: 'Bearer …'"],
    [{ authorization: ['a', ''] }, "authorization: 'Bearer …'"],
    [{ authorization: [null] }, "authorization: 'Bearer …'"],
    [{ jwks: undefined }, "jwksUri: 'https://sso.acme.com/jwks'"],
    [{ jwksUri: 'https://sso.acme.com/jwks' }, "jwksUri: 'https://sso.acme.com/jwks'"],
    [
      { jwksUri: 'https://sso.acme.com/jwks', issuer: preset },
      "jwksUri: 'https://sso.acme.com/jwks'",
    ],
    [{ jwks: undefined, jwksUri: 'http://sso.acme.com/jwks' }, 'https'],
    [{ speaksFor: [] }, 'speaksFor: ['],
    [{ speaksFor: ISSUER }, 'speaksFor: ['],
    [{ speaksFor: [''] }, 'speaksFor of a transmitter must be an issuer'],
    [{ speaksFor: [7] }, 'speaksFor of a transmitter must be an issuer'],
    [{ algorithms: [] }, 'algorithms must be a list'],
    [{ expectsState: 'x' }, 'expectsState: (state) =>'],
    [{ authorisation: 'x' }, 'has no option "authorisation"'],
  ])('are checked: %j', (options, message) => {
    expect(() => made(options)).toThrow(message);
  });

  it.each<[object, string]>([
    [
      { issuer: '' },
      "issuer of a transmitter must be an issuer: its URL, or a preset. Write: issuer: 'https://sso.acme.com'",
    ],
    [
      { audience: '' },
      "audience of a transmitter must be a string, a list of strings, or { prefix } with a slash at its end. Write: audience: { prefix: 'orders-api/' }",
    ],
    [
      { authorization: '' },
      "authorization of a transmitter must be the Authorization header that the stream was made with, or null for none. Write: authorization: 'Bearer …'",
    ],
    [
      { jwks: undefined },
      "jwksUri of a transmitter must be the URL of the key set of the transmitter. Give it, or the key set itself as jwks, and not both. Write: jwksUri: 'https://sso.acme.com/jwks'",
    ],
    [
      { speaksFor: [] },
      "speaksFor of a transmitter must be a list of issuers. Write: speaksFor: ['https://acme.eu.auth0.com/']",
    ],
    [
      { expectsState: 1 },
      'expectsState of a transmitter must be a function. Write: expectsState: (state) => asked.has(state)',
    ],
  ])('say what is wrong, and the line to write: %j', (options, message) => {
    expect(() => made(options)).toThrow(new ConfigurationError(`securityEvents(): ${message}`));
  });

  it('are named in the error if they are misspelled', () => {
    expect(() => made({ isuer: ISSUER })).toThrow(
      /^An entry of transmitters has no option "isuer"/,
    );
    expect(() => made({ audience: { prefixes: 'a/' } })).toThrow(
      /^audience has no option "prefixes"\. Did you mean "prefix"\? Its options are: prefix$/,
    );
    expect(() => createTransmitter(7 as never, {})).toThrow(
      "Write: { issuer: 'https://sso.acme.com/realms/acme', audience: { prefix: 'orders-api/' }, jwksUri: 'https://…', authorization: 'Bearer …' }",
    );
  });

  it('match an event by its audience and by the Authorization of the stream', () => {
    const byPrefix = made({ audience: { prefix: 'a/' } });
    const aud = (value: unknown) => byPrefix.isAudience({ aud: value });
    expect([aud('a/1'), aud(['x', 'a/1']), aud('a/'), aud('b/a/1'), aud('a')]).toEqual([
      ...[true, true, false, false, false],
    ]);
    // The stream of another receiver, whose audience begins with ours.
    expect(aud('a/b/1')).toBe(false);
    const listed = made({ audience: ['a', 'b'] });
    expect(['a', 'b', 'ab'].map((each) => listed.isAudience({ aud: each }))).toEqual([
      ...[true, true, false],
    ]);
    expect(listed.isAudience({})).toBe(false);
    expect(listed.isAudience({ aud: ['a', 7] })).toBe(false);
    const { isAuthorized } = made({ authorization: ['x', 'y'] });
    expect(['x', 'y', 'xy', '', ['x'], undefined].map(isAuthorized)).toEqual([
      ...[true, true, false, false, false, false],
    ]);
    expect([undefined, 'x'].map(made({ authorization: null }).isAuthorized)).toEqual([true, true]);
  });

  it('are required only as far as needed', () => {
    expect(() => made({})).not.toThrow();
    expect(() => made({ issuer: preset, jwks: undefined })).not.toThrow();
    expect(() => made({ jwks: undefined, jwksUri: 'https://sso.acme.com/jwks' })).not.toThrow();
    expect(() => createTransmitter('x' as never, {})).toThrow('takes an object of options');
  });

  it('say for which issuers it may speak: its own, or those that are named', () => {
    expect([...made({}).issuers]).toEqual([[ISSUER, { hasSessions: undefined }]]);
    expect([...made({ issuer: preset }).issuers]).toEqual([[ISSUER, { hasSessions: false }]]);
    const sidInAccessTokens = { ...preset, issuer: 'https://b', sidInAccessTokens: true };
    expect([...made({ speaksFor: ['https://a', sidInAccessTokens] }).issuers]).toEqual([
      ['https://a', { hasSessions: undefined }],
      ['https://b', { hasSessions: true }],
    ]);
  });

  it('use the fetch of the preset, if it has one', async () => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return Response.json(jwks);
    };
    const { verifier } = createTransmitter(
      aTransmitter({
        issuer: rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks`, fetch }),
        jwks: undefined,
      }),
      { fetch: () => Promise.reject(new Error('another one')) },
    );
    await verifier.ready();
    expect(asked).toEqual([`${ISSUER}/jwks`]);
  });
});
