import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isTokenSourceError, TokenSourceError } from '../src/index.ts';
import { REASONS } from '../src/reasons.ts';

describe('a TokenSourceError', () => {
  it('says what it knows, and no more', () => {
    const error = new TokenSourceError('issuer_unavailable', {
      serverStatus: 503,
      serverError: 'server_error',
      code: 'ECONNRESET',
      retryAfterSec: 7,
      cause: new Error('below'),
    });
    expect(error).toMatchObject({
      name: 'TokenSourceError',
      message: 'The authorization server answered that it cannot serve now',
      status: 503,
      headers: { 'retry-after': '7' },
      serverStatus: 503,
      serverError: 'server_error',
      code: 'ECONNRESET',
      retryAfterSec: 7,
      cause: { message: 'below' },
    });
    const bare = new TokenSourceError('closed');
    expect(bare).toMatchObject({ status: 500, headers: {}, serverStatus: undefined });
    expect(bare).not.toHaveProperty('cause');
    expect(inspect(bare)).not.toContain('Symbol');
  });

  it('is known by its brand, and no other error is', () => {
    expect(isTokenSourceError(new TokenSourceError('closed'))).toBe(true);
    expect(isTokenSourceError(new Error('closed'))).toBe(false);
    expect(isTokenSourceError({ reason: 'closed' })).toBe(false);
    expect(isTokenSourceError(undefined)).toBe(false);
  });
});

it('docs/calling-services.md lists every reason with its status and text', () => {
  const page = readFileSync(new URL('../../../docs/calling-services.md', import.meta.url), 'utf8');
  const holdsBack = {
    server: 'every token of this client',
    token: 'this token alone',
    caller: 'not remembered',
  };
  const rows = Object.entries(REASONS).map(
    ([reason, { text, passes, concerns }]) =>
      `| \`${reason}\` | ${passes ? 503 : 500} | ${text} | ${holdsBack[concerns]} |`,
  );
  expect(page.split('\n').filter((line) => /^\| `\w+` \| \d/.test(line))).toEqual(rows);
});
