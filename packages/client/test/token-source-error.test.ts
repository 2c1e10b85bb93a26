import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isTokenSourceError, TokenSourceError } from '../src/index.ts';

describe('a TokenSourceError', () => {
  it('shows what is known of the failure, and no more', () => {
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

  it('is recognized by its brand, and no other error is', () => {
    expect(isTokenSourceError(new TokenSourceError('closed'))).toBe(true);
    expect(isTokenSourceError(new Error('closed'))).toBe(false);
    expect(isTokenSourceError({ reason: 'closed' })).toBe(false);
    expect(isTokenSourceError(undefined)).toBe(false);
  });
});
