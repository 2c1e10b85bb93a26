import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CERTIFICATE_FORMATS } from '../../src/binding/certificate-formats.ts';
import { selfSigned } from '../http/self-signed.ts';

const [{ der, cert: pem }, { cert: otherPem }] = [selfSigned(), selfSigned()];
const thumbprint = createHash('sha256').update(der).digest('base64url');
const base64 = der.toString('base64');
const { rfc9440, nginx, envoy, 'aws-alb': alb, 'base64-der': plain } = CERTIFICATE_FORMATS;

/** Escapes as nginx does: everything except unreserved characters (RFC 3986 §2.3). */
const escaped = (text: string) => encodeURIComponent(text);
const pemOf = (label: string, content = base64) =>
  `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;

it('each form has its usual header', () => {
  expect(Object.entries(CERTIFICATE_FORMATS).map(([name, { header }]) => [name, header])).toEqual([
    ['rfc9440', 'client-cert'],
    ['nginx', 'x-client-cert'],
    ['envoy', 'x-forwarded-client-cert'],
    ['aws-alb', 'x-amzn-mtls-clientcert-leaf'],
    ['base64-der', 'x-arr-clientcert'],
  ]);
});

describe('[RFC9440-2.2-a] rfc9440', () => {
  it('reads base64 of the DER between colons, with and without padding', () => {
    expect(rfc9440.thumbprintOf(`:${base64}:`)).toBe(thumbprint);
    expect(rfc9440.thumbprintOf(`:${base64.replace(/=+$/, '')}:`)).toBe(thumbprint);
  });

  it.each([
    ['nothing', ''],
    ['no bytes', '::'],
    ['one colon', ':'],
    ['no colons', base64],
    ['other characters for the colons', `A${base64}A`],
    ['another for the first', `A${base64}:`],
    ['another for the last', `:${base64}A`],
    ['the first colon alone', `:${base64}`],
    ['the last colon alone', `${base64}:`],
    ['parameters', `:${base64}:;a=1`],
    ['two, joined', `:${base64}:, :${base64}:`],
    ['PEM', `:${pem}:`],
    ['base64url', `:${der.toString('base64url')}-_:`],
    ['spaces within', `:${base64.slice(0, 40)} ${base64.slice(40)}:`],
    ['something after', `:${base64}:x`],
    ['something before', `x:${base64}:`],
    ['too much padding', `:${base64.replace(/=+$/, '')}===:`],
    ['padding within', `:${base64.slice(0, 40)}=${base64.slice(40)}:`],
  ])('reads nothing with %s', (_what, value) => {
    expect(rfc9440.thumbprintOf(value)).toBeUndefined();
  });
});

describe('nginx', () => {
  it.each([
    ['as nginx escapes it', escaped(pem)],
    ['with + = and / as they are', pem.replaceAll('\n', '%0A').replaceAll(' ', '%20')],
    ['with CRLF', escaped(pem.replaceAll('\n', '\r\n'))],
    ['with the next of the chain behind it', escaped(pem + otherPem + otherPem)],
    ['in one line', escaped(pemOf('CERTIFICATE'))],
    ['with empty lines around it', escaped(`\n${pem}\n`)],
  ])('reads the first certificate in PEM, %s', (_what, value) => {
    expect(nginx.thumbprintOf(value)).toBe(thumbprint);
    expect(alb.thumbprintOf(value)).toBe(thumbprint);
  });

  it.each([
    ['nothing', ''],
    ['half an escape', `${escaped(pem)}%`],
    ['bytes that are no text', `${escaped(pem)}%FF`],
    ['a request for a certificate', escaped(pemOf('CERTIFICATE REQUEST'))],
    ['a key', escaped(pemOf('PRIVATE KEY'))],
    ['a key before it', escaped(pemOf('PRIVATE KEY') + pem)],
    ['what is no certificate before it', escaped(pemOf('CERTIFICATE', 'AAAA') + pem)],
    ['what is no certificate behind it', escaped(pem + pemOf('CERTIFICATE', 'AAAA'))],
    ['a key behind it', escaped(pem + pemOf('PRIVATE KEY'))],
    ['something before it', escaped(`x${pem}`)],
    ['something behind it', escaped(`${pem}x`)],
    ['two, joined by a comma', escaped(`${pem},${pem}`)],
    ['no end', escaped(pem.replace(/-----END[\s\S]*/, ''))],
    ['spaces for +', escaped(pemOf('CERTIFICATE', '    '))],
    ['no base64', escaped(pemOf('CERTIFICATE', base64.replace('A', '=')))],
    ['base64 of the DER alone', base64],
  ])('reads nothing with %s', (_what, value) => {
    expect(nginx.thumbprintOf(value)).toBeUndefined();
    expect(alb.thumbprintOf(value)).toBeUndefined();
  });

  it('never reads a + as a space', () => {
    const plus = Buffer.from([0x30, 4, 0, 0xfb, 0xef, 0xbe]);
    expect(plus.toString('base64')).toContain('+');
    expect(nginx.thumbprintOf(pemOf('CERTIFICATE', plus.toString('base64')))).toBe(
      createHash('sha256').update(plus).digest('base64url'),
    );
  });
});

describe('base64-der', () => {
  it('reads base64 of the DER', () => {
    expect(plain.thumbprintOf(base64)).toBe(thumbprint);
  });

  const sequence = (...bytes: number[]) => Buffer.from(bytes).toString('base64');
  const long = (size: number, ...header: number[]) =>
    Buffer.concat([Buffer.from(header), Buffer.alloc(size)]).toString('base64');

  it.each([
    ['of no length byte at all', sequence(0x30, 0)],
    ['of a short length', sequence(0x30, 1, 5)],
    ['of 127 bytes', long(127, 0x30, 0x7f)],
    ['of one length byte', long(200, 0x30, 0x81, 200)],
    ['of two', long(300, 0x30, 0x82, 1, 44)],
    ['of three', long(65_536, 0x30, 0x83, 1, 0, 0)],
  ])('accepts a sequence %s', (_what, value) => {
    expect(plain.thumbprintOf(value)).toHaveLength(43);
  });

  it.each([
    ['nothing', ''],
    ['colons', `:${base64}:`],
    ['a text', Buffer.from('hello, world').toString('base64')],
    ['a tag alone', sequence(0x30)],
    ['a set', sequence(0x31, 1, 5)],
    ['bytes missing', der.subarray(0, -1).toString('base64')],
    ['bytes behind it', Buffer.concat([der, Buffer.from([0])]).toString('base64')],
    ['a chain', Buffer.concat([der, der]).toString('base64')],
    ['an indefinite length', sequence(0x30, 0x80, 0, 0)],
    ['an indefinite length and nothing behind it', sequence(0x30, 0x80)],
    ['an indefinite length and 128 bytes', long(128, 0x30, 0x80)],
    ['a length of four bytes', long(3, 0x30, 0x84, 0, 0, 0, 3)],
    ['a length that is cut off', sequence(0x30, 0x82, 1)],
    ['a short length that is too long', sequence(0x30, 2, 5)],
    ['a short length that is too short', sequence(0x30, 1, 5, 5)],
  ])('reads nothing with %s', (_what, value) => {
    expect(plain.thumbprintOf(value)).toBeUndefined();
  });
});

it('padding may be left out, but nothing else', () => {
  for (const bytes of [
    [0x30, 0],
    [0x30, 1, 5],
    [0x30, 2, 5, 5],
    [0x30, 3, 5, 5, 5],
  ]) {
    const written = Buffer.from(bytes).toString('base64');
    const bare = written.replaceAll('=', '');
    expect(plain.thumbprintOf(written)).toHaveLength(43);
    expect(plain.thumbprintOf(bare)).toBe(plain.thumbprintOf(written));
    expect(plain.thumbprintOf(`${written}=`)).toBeUndefined();
  }
  expect(plain.thumbprintOf('MAIFBQ=')).toBeUndefined();
});

it('envoy uses its own function', () => {
  const hex = createHash('sha256').update(der).digest('hex');
  expect(envoy.thumbprintOf(`Hash=${hex}`)).toBe(thumbprint);
  expect(envoy.thumbprintOf(base64)).toBeUndefined();
});
