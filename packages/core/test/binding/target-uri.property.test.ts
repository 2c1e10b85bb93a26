import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesTarget, type PublicUrl, parsePublicUrl } from '../../src/binding/target-uri.ts';

const ORIGIN = 'https://api.acme.com';
const PUBLIC: readonly PublicUrl[] = [{ origin: ORIGIN, prefix: '' }];

const names = (htu: string, url: string, publicUrls = PUBLIC) =>
  namesTarget(htu, { method: 'GET', url, header: () => undefined }, publicUrls);

const unreserved = [...'abcXYZ019-_~'];
const reserved = [...":@!$&'()*+,;="];

/** A character, and another spelling of it. */
const spelled = fc.oneof(
  fc
    .tuple(fc.constantFrom(...unreserved), fc.constantFrom('plain', 'upper', 'lower'))
    .map(([character, way]): readonly [string, string] => {
      const code = (character.codePointAt(0) ?? 0).toString(16).padStart(2, '0');
      const escaped = way === 'upper' ? `%${code.toUpperCase()}` : `%${code}`;
      return [character, way === 'plain' ? character : escaped];
    }),
  fc
    .constantFrom(...reserved)
    .map((character): readonly [string, string] => [character, character]),
  // In escapes of other characters, only upper and lower case may differ.
  fc
    .constantFrom('%2F', '%3A', '%20', '%C3%A9', '%00', '%25', '%3F', '%23', '%5C')
    .chain((encoded) =>
      fc.constantFrom<readonly [string, string]>(
        [encoded, encoded],
        [encoded, encoded.toLowerCase()],
      ),
    ),
);

const segment = fc.array(spelled, { minLength: 1, maxLength: 6 }).map((parts) => ({
  plain: parts.map(([plain]) => plain).join(''),
  other: parts.map(([, other]) => other).join(''),
}));

/** A path in two spellings that are equal by RFC 3986 §6.2.2. */
const paths = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => ({
  plain: `/${segments.map(({ plain }) => plain).join('/')}`,
  other: `/${segments.map(({ other }) => other).join('/')}`,
}));

describe('namesTarget', () => {
  it('treats every spelling of one path as the same, on both sides', () => {
    fc.assert(
      fc.property(paths, ({ plain, other }) => {
        expect(names(ORIGIN + plain, other)).toBe(true);
        expect(names(ORIGIN + other, plain)).toBe(true);
        expect(names(`${ORIGIN}${other}?a=b#c`, `${plain}?d=e`)).toBe(true);
      }),
    );
  });

  it('treats two paths as different if they differ after unreserved characters are decoded', () => {
    fc.assert(
      fc.property(paths, paths, (one, two) => {
        expect(names(ORIGIN + one.other, two.other)).toBe(one.plain === two.plain);
      }),
    );
  });

  it('never throws, and never accepts another URL', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl(),
      paths.map(({ other }) => other),
    );
    fc.assert(
      fc.property(text, text, (htu, url) => {
        const isNamed = names(htu, url);
        if (!isNamed) return;
        // Each accepted URL has our origin, by the parser that clients use.
        expect(new URL(htu).origin).toBe(ORIGIN);
      }),
    );
  });

  it('agrees with the URL parser about scheme, host and port', () => {
    const host = fc.constantFrom(
      'api.acme.com',
      'API.ACME.com',
      'api.acme.com.',
      'evil.com',
      '127.0.0.1',
      '[::1]',
    );
    const port = fc.constantFrom('', ':443', ':80', ':8443', ':');
    const scheme = fc.constantFrom('https', 'HTTPS', 'http');
    fc.assert(
      fc.property(scheme, host, port, (s, h, p) => {
        const url = `${s}://${h}${p}/a`;
        expect(names(url, '/a')).toBe(new URL(url).origin === ORIGIN);
      }),
    );
  });

  it('joins a prefix and a path without resolving anything', () => {
    fc.assert(
      fc.property(paths, paths, (prefix, path) => {
        const parsed = parsePublicUrl(ORIGIN + prefix.other);
        expect(parsed).toBeDefined();
        const list = parsed === undefined ? [] : [parsed];
        expect(names(ORIGIN + prefix.plain + path.plain, path.other, list)).toBe(true);
        expect(names(ORIGIN + path.plain, path.other, list)).toBe(false);
      }),
    );
  });
});
