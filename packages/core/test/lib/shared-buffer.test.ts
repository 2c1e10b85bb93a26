import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64Url } from '../../src/lib/json.ts';
import { asciiView, base64UrlText, base64UrlView } from '../../src/lib/shared-buffer.ts';

const LONGEST = 65_536;

describe('asciiView', () => {
  it('gives the bytes of the text, and no byte of an earlier text', () => {
    asciiView('a longer text');
    expect(Buffer.from(asciiView('short')).toString()).toBe('short');
    expect(asciiView('')).toHaveLength(0);
  });

  it.each([LONGEST, LONGEST + 1])('accepts all of %i characters', (length) => {
    const text = 'x'.repeat(length - 1).concat('y');
    expect(Buffer.from(asciiView(text)).toString()).toBe(text);
  });
});

describe('base64UrlView', () => {
  it('gives the same as decodeBase64Url, for base64url and for anything else', () => {
    const base64Url = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url'));
    const changed = fc
      .tuple(base64Url, fc.nat(40), fc.constantFrom('=', '+', '/', ' ', '\n', 'é', 'Ł', 'A', '\0'))
      .map(([text, at, character]) => `${text.slice(0, at)}${character}${text.slice(at)}`);
    fc.assert(
      fc.property(fc.oneof(base64Url, changed, fc.string({ unit: 'binary' })), (text) => {
        const expected = decodeBase64Url(text);
        const bytes = base64UrlView(text);
        expect(bytes && [...bytes]).toEqual(expected && [...expected]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('accepts text up to the length of the longest token', () => {
    expect(base64UrlView('A'.repeat(LONGEST))).toHaveLength((LONGEST * 3) / 4);
    expect(base64UrlView('A'.repeat(LONGEST + 4))).toBeUndefined();
  });
});

describe('base64UrlText', () => {
  const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  it('gives the same text as a strict UTF-8 decoder, or refuses the bytes as that does', () => {
    const text = fc
      .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ufffd', '\ufeff', 'é\ufffd'))
      .map((each) => Buffer.from(each));
    const broken = fc
      .tuple(text, fc.nat(20), fc.constantFrom(0x80, 0xc0, 0xc3, 0xe2, 0xed, 0xf4, 0xff))
      .map(([bytes, at, byte]) =>
        Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)]),
      );
    fc.assert(
      fc.property(fc.oneof(text, broken, fc.uint8Array()), (bytes) => {
        let expected: string | undefined;
        try {
          expected = fatal.decode(bytes);
        } catch {}
        expect(base64UrlText(Buffer.from(bytes).toString('base64url'))).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses what is not strict base64url, and what is longer than any token', () => {
    expect(base64UrlText('QUFB')).toBe('AAA');
    expect(base64UrlText('')).toBe('');
    for (const text of ['QUFB=', 'QU+B', 'QR', 'QU FB', 'ＱUFB']) {
      expect(base64UrlText(text)).toBeUndefined();
    }
    expect(base64UrlText('A'.repeat(LONGEST + 4))).toBeUndefined();
  });
});
