import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aToken,
  compactJws,
  encoded,
  GOOD_CLAIMS,
  issuerKey,
  segmentsOf,
} from '../../../../test/support/tokens.ts';
import { parseStrict } from '../../src/lib/json.ts';
import { createJwsParser, MAX_TOKEN_LENGTH, type UnverifiedJws } from '../../src/token/jws.ts';

const parse = createJwsParser();

function parsed(token: string): UnverifiedJws {
  const jws = parse(token);
  return typeof jws === 'string' ? expect.unreachable(jws) : jws;
}

function withHeader(header: object | string, payload = '{}'): string {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  return `${encoded(text)}.${encoded(payload)}.AAAA`;
}

describe('the JWS parser', () => {
  it('splits a token into its parts', () => {
    const token = aToken();
    const [header, payload, signature] = segmentsOf(token);
    const jws = parsed(token);
    expect(jws.header.algorithm).toBe('ES256');
    expect(jws.header.kid).toBe('key-1');
    expect(jws.header.parameters).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'key-1' });
    expect(jws.claims).toEqual(GOOD_CLAIMS);
    expect(jws.signingInput).toBe(`${header}.${payload}`);
    expect(Buffer.from(jws.signature).toString('base64url')).toBe(signature);
  });

  it('gives frozen headers, the same object for the same text, and separate claims', () => {
    const one = parsed(aToken());
    const other = parsed(aToken());
    expect(Object.isFrozen(one.header.parameters)).toBe(true);
    expect(other.header).toBe(one.header);
    expect(other.claims).not.toBe(one.claims);
  });

  it('accepts a token of the maximum length, and refuses a longer one without decoding it', () => {
    const overhead = aToken({ pad: '' }).length;
    const pad = 'x'.repeat(Math.floor(((MAX_TOKEN_LENGTH - overhead) * 3) / 4) - 2);
    const token = aToken({ pad });
    expect(token.length).toBeGreaterThan(MAX_TOKEN_LENGTH - 8);
    expect(parsed(token).claims['pad']).toBe(pad);
    expect(parse('.'.repeat(MAX_TOKEN_LENGTH + 1))).toBe('token_too_large');
    expect(parse(aToken({ pad: `${pad}xxxxxxxxxxxxxxxx` }))).toBe('token_too_large');
  });

  const [header, payload, signature] = segmentsOf(aToken());
  it.each([
    ['nothing', ''],
    ['no dot', 'abc'],
    ['one dot', `${header}.${payload}`],
    ['three dots', `${header}.${payload}.${signature}.`],
    ['five segments, a JWE', `${header}.${payload}.${signature}.${signature}.${signature}`],
    ['an empty header', `.${payload}.${signature}`],
    ['an empty payload', `${header}..${signature}`],
    ['dots alone', '..'],
    ['a padded signature', `${header}.${payload}.${signature}==`],
    ['a padded payload', `${header}.${payload}=.${signature}`],
    ['a space before', ` ${header}.${payload}.${signature}`],
    ['a line break after', `${header}.${payload}.${signature}\n`],
    ['a NUL after', `${header}.${payload}.${signature}\0`],
    ['the general JSON serialization', JSON.stringify({ payload, signatures: [] })],
    ['a payload that is a list', `${header}.${encoded('[{}]')}.${signature}`],
    ['a payload that is text', `${header}.${encoded('"x"')}.${signature}`],
    ['a payload that is null', `${header}.${encoded('null')}.${signature}`],
    ['a nested token', `${header}.${encoded(aToken())}.${signature}`],
    ['a header that is a list', withHeader('[]')],
    ['a header that is no JSON', withHeader('alg=ES256')],
    ['a header with alg twice, the last is ours', withHeader('{"alg":"none","alg":"ES256"}')],
    ['a header with alg twice', withHeader('{"alg":"ES256","alg":"ES256"}')],
    ['a header with a member twice below', withHeader('{"alg":"ES256","x":{"y":1,"y":1}}')],
    [
      'a payload that is not UTF-8',
      compactJws('{"alg":"ES256"}', Buffer.from([0x7b, 0xff, 0x7d]), issuerKey),
    ],
  ])('refuses %s', (_what, token) => {
    expect(parse(token)).toBe('token_malformed');
  });

  it('accepts an empty signature, which no key verifies', () => {
    expect(parsed(`${header}.${payload}.`).signature).toHaveLength(0);
  });

  it.each([
    ['no alg', {}],
    ['alg as a list', { alg: ['ES256'] }],
    ['alg as a number', { alg: 256 }],
    ['alg as null', { alg: null }],
    ['kid as a number', { alg: 'ES256', kid: 1 }],
    ['kid as null', { alg: 'ES256', kid: null }],
    ['kid as an object', { alg: 'ES256', kid: {} }],
    ['typ as a list', { alg: 'ES256', typ: ['at+jwt'] }],
    ['typ as null', { alg: 'ES256', typ: null }],
  ])('refuses a header with %s', (_what, value) => {
    expect(parse(withHeader(value))).toBe('token_malformed');
  });

  it.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'HS256',
    'HS384',
    'HS512',
    'es256',
    'ES256 ',
    ' ES256',
    'ES256\0',
    'ES256K',
    'ES',
    'RS1',
    'RS256,ES256',
    'RSA-OAEP',
    'dir',
    'PBES2-HS256+A128KW',
    'Ed448',
    'ed25519',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ])('gives no algorithm for %j', (alg) => {
    expect(parsed(withHeader({ alg })).header.algorithm).toBeUndefined();
  });

  it('reads alg, kid and typ only as own members', () => {
    expect(parse(withHeader('{"__proto__":{"alg":"ES256"}}'))).toBe('token_malformed');
    const jws = parsed(withHeader('{"alg":"ES256","__proto__":{"kid":"k","crit":["x"]}}'));
    expect(jws.header.kid).toBeUndefined();
  });

  it('lets the last of two equal claims count, or refuses, as the given parser of claims does', () => {
    const token = withHeader('{"alg":"ES256"}', '{"sub":"ada","sub":"bob"}');
    expect(parsed(token).claims).toEqual({ sub: 'bob' });
    const strict = createJwsParser(MAX_TOKEN_LENGTH, parseStrict);
    expect(strict(token)).toBe('token_malformed');
    expect(strict(aToken())).toMatchObject({ claims: GOOD_CLAIMS });
  });

  it.each([
    ['crit', { crit: ['exp'] }],
    ['an empty crit', { crit: [] }],
    ['crit as null', { crit: null }],
    ['b64: false', { b64: false }],
    ['b64: true', { b64: true }],
    ['b64 declared critical', { b64: false, crit: ['b64'] }],
    ['zip', { zip: 'DEF' }],
    ['enc', { enc: 'A256GCM' }],
  ])('refuses %s, which would change what is signed', (_what, extension) => {
    expect(parse(withHeader({ alg: 'ES256', ...extension }))).toBe('header_unsupported');
  });

  it('accepts Ed25519 as EdDSA', () => {
    expect(parsed(withHeader({ alg: 'Ed25519' })).header.algorithm).toBe('EdDSA');
  });

  it('never throws, and gives the same result for the same text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .array(fc.base64String({ maxLength: 12 }), { maxLength: 5 })
        .map((parts) => parts.join('.')),
      fc.json().map((json) => withHeader(json, json)),
    );
    fc.assert(
      fc.property(text, (token) => {
        expect(createJwsParser()(token)).toEqual(parse(token));
        expect(parse(token)).toEqual(parse(token));
      }),
    );
  });
});

describe('the limits of the parser', () => {
  /** A header segment with exactly this many characters. */
  function headerOf(length: number): string {
    const bare = JSON.stringify({ alg: 'ES256', x: '' }).length;
    const text = JSON.stringify({ alg: 'ES256', x: 'x'.repeat((length * 3) / 4 - bare) });
    expect(encoded(text)).toHaveLength(length);
    return encoded(text);
  }

  it('a token of the maximum length is accepted, one character more is not', () => {
    const head = headerOf(400);
    const payload = encoded('{}');
    const rest = MAX_TOKEN_LENGTH - head.length - payload.length - 2;
    const token = `${head}.${payload}.${'A'.repeat(rest)}`;
    expect(token).toHaveLength(MAX_TOKEN_LENGTH);
    expect(parsed(token).claims).toEqual({});
    expect(parse(`${token}A`)).toBe('token_too_large');
  });

  it('headers of up to 512 characters are cached, longer ones are not', () => {
    const kept = `${headerOf(512)}.e30.AAAA`;
    const long = `${headerOf(516)}.e30.AAAA`;
    expect(parsed(kept).header).toBe(parsed(kept).header);
    expect(parsed(long).header).not.toBe(parsed(long).header);
    expect(parsed(long).header).toEqual(parsed(long).header);
  });
});
