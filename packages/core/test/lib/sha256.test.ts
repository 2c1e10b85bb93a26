import { describe, expect, it } from 'vitest';
import { sha256Base64Url } from '../../src/lib/sha256.ts';

describe('sha256Base64Url', () => {
  it.each([
    ['', '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'],
    ['abc', 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0'],
  ])('of %j is the value of FIPS 180-4', (text, digest) => {
    expect(sha256Base64Url(text)).toBe(digest);
  });
});
