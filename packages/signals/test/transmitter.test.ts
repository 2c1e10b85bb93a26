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
    [{ speaksFor: [''] }, 'speaksFor of a transmitter is an issuer'],
    [{ speaksFor: [7] }, 'speaksFor of a transmitter is an issuer'],
    [{ algorithms: [] }, 'algorithms is a list'],
    [{ expectsState: 'x' }, 'expectsState: (state) =>'],
    [{ authorisation: 'x' }, 'has no option "authorisation"'],
  ])('are checked: %j', (options, message) => {
    expect(() => made(options)).toThrow(message);
  });

  it('are no more than needed', () => {
    expect(() => made({})).not.toThrow();
    expect(() => made({ issuer: preset, jwks: undefined })).not.toThrow();
    expect(() => made({ jwks: undefined, jwksUri: 'https://sso.acme.com/jwks' })).not.toThrow();
    expect(() => createTransmitter('x' as never, {})).toThrow('takes an object of options');
  });

  it('say whom it speaks for: its own issuer, or those that are named', () => {
    expect([...made({}).issuers]).toEqual([[ISSUER, { hasSessions: true }]]);
    expect([...made({ issuer: preset }).issuers]).toEqual([[ISSUER, { hasSessions: false }]]);
    const sidInAccessTokens = { ...preset, issuer: 'https://b', sidInAccessTokens: true };
    expect([...made({ speaksFor: ['https://a', sidInAccessTokens] }).issuers]).toEqual([
      ['https://a', { hasSessions: true }],
      ['https://b', { hasSessions: true }],
    ]);
  });

  it('are asked with the fetch of a preset that has one', async () => {
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
