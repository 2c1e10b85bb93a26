import { generateTestKey, type TestKey } from '@authly/testing';
import { realisticTokens } from '../tokens/realistic-token.ts';

/** Bad tokens, by what is wrong with them. Each is refused with 401. */
export type BadTokens = Readonly<Record<string, readonly string[]>>;

/** Near the longest token that Authly reads, and below Node's limit for all headers together. */
const GARBAGE_LENGTH = 15_000;

/** Tokens that cost the server as much as a stranger can make them cost. */
export function badTokens(key: TestKey, count: number): BadTokens {
  const stranger = generateTestKey(key.algorithm, key.kid);
  const unknown = generateTestKey(key.algorithm, 'never-published');
  const past = Math.floor(Date.now() / 1_000) - 3_600;
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
  const header = Buffer.from('{"alg":"RS256"}').toString('base64url');
  const few = Math.min(count, 200);
  return {
    'with a forged signature': realisticTokens(stranger, few),
    'that have expired': realisticTokens(key, few, { exp: past }),
    'of an unknown key': realisticTokens(unknown, few),
    'of an unknown issuer': realisticTokens(key, few, { iss: 'https://evil.example' }),
    'that are 15,000 characters of garbage': [`${header}.${'A'.repeat(GARBAGE_LENGTH)}.AAAA`],
    'of deeply nested JSON': [`${header}.${Buffer.from(deep).toString('base64url')}.AAAA`],
  };
}
