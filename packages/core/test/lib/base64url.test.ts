import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStrictBase64Url } from '../../src/lib/base64url.ts';

/** What the rule means: the bytes, encoded again, give the text. */
function isItsOwnSpelling(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

function isStrict(text: string): boolean {
  return isStrictBase64Url(text, Buffer.from(text, 'base64url').byteLength);
}

const spelled = fc
  .uint8Array({ maxLength: 80 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));
const anyCharacter = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
// Of these Node's decoder sees a letter, a dash or a digit when it looks at the lower byte alone.
const lookAlike = fc
  .tuple(fc.constantFrom(...'AQgwZ-_09+/='), fc.integer({ min: 1, max: 255 }))
  .map(([letter, high]) => String.fromCharCode(letter.charCodeAt(0) + 256 * high));

describe('isStrictBase64Url', () => {
  it('says of any text whether decoding and encoding it again gives the same text', () => {
    const changed = fc
      .tuple(spelled, fc.nat(110), fc.nat(2), fc.oneof(anyCharacter, lookAlike, fc.constant('')))
      .map(([text, at, dropped, put]) => text.slice(0, at) + put + text.slice(at + dropped));
    const text = fc.oneof(spelled, changed, fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, (each) => {
        expect(isStrict(each)).toBe(isItsOwnSpelling(each));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is right for every last character, in texts of each length', () => {
    for (let code = 0; code < 0x200; code++) {
      for (const start of ['', 'Q', 'QU', 'QUF', 'QUFB']) {
        const text = start + String.fromCharCode(code);
        expect([text, isStrict(text)]).toEqual([text, isItsOwnSpelling(text)]);
      }
    }
  });

  it('is right for a text that was cut out of one with wide characters', () => {
    const text = 'Ł.QUFBQUFBQUFBQUFBQUFBQUFBQUFB';
    expect(isStrict(text.slice(2))).toBe(true);
    expect(isStrict(text)).toBe(false);
  });
});
