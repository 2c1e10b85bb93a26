import { describe, expect, it } from 'vitest';
import { KeyFetchError } from '../../src/keys/key-fetch-error.ts';

describe('KeyFetchError', () => {
  it('says what failed, with status and cause where there are any', () => {
    const cause = new Error('below');
    const error = new KeyFetchError('status', 'The response has status 404', {
      status: 404,
      cause,
    });
    expect(error).toMatchObject({
      failure: 'status',
      status: 404,
      message: 'The response has status 404',
    });
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe('KeyFetchError: The response has status 404');
  });

  it('has no cause where there is none', () => {
    const error = new KeyFetchError('timeout', 'too slow');
    expect('cause' in error).toBe(false);
    expect(error.status).toBeUndefined();
  });
});
