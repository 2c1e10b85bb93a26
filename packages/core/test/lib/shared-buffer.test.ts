import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64Url } from '../../src/lib/json.ts';
import { asciiView, base64UrlView } from '../../src/lib/shared-buffer.ts';

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
