import { describe, expect, it } from 'vitest';
import { KeyFetchError, withUrl } from '../../src/keys/key-fetch-error.ts';

describe('KeyFetchError', () => {
  it('has the failure, the status and the cause, if they are known', () => {
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

  it('names the URL that was tried, without its query, which may contain a key', () => {
    const error = new KeyFetchError('network', 'The request failed with ECONNREFUSED', {
      url: 'https://as.example.com/jwks?key=secret',
      code: 'ECONNREFUSED',
    });
    expect(error.message).toBe(
      'The request failed with ECONNREFUSED (https://as.example.com/jwks?…)',
    );
    expect(error).toMatchObject({ url: 'https://as.example.com/jwks?…', code: 'ECONNREFUSED' });
  });

  it('can be given the URL later, once', () => {
    const late = withUrl(new KeyFetchError('timeout', 'too slow'), 'https://a');
    expect(late).toMatchObject({ failure: 'timeout', message: 'too slow (https://a)' });
    expect(withUrl(late, 'https://b')).toBe(late);
    const other = new Error('else');
    expect(withUrl(other, 'https://b')).toBe(other);
  });

  it('has no cause if there is none', () => {
    const error = new KeyFetchError('timeout', 'too slow');
    expect('cause' in error).toBe(false);
    expect(error.status).toBeUndefined();
  });
});
