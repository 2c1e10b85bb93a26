import { describe, expect, it } from 'vitest';
import { authorizationEndpoint } from '../src/authorization-endpoint.ts';
import { answerOf, jsonOf } from './fixtures.ts';

describe('the authorization endpoint', () => {
  it.each(['GET', 'POST'])('refuses every %s without redirecting', async (method) => {
    const query = 'response_type=code&client_id=a&redirect_uri=https://evil.test';
    const response = await answerOf(authorizationEndpoint(), { method, query });
    expect(response).toMatchObject({ status: 400, headers: { 'cache-control': 'no-store' } });
    expect(jsonOf(response)).toMatchObject({ error: 'unsupported_response_type' });
    expect(response.headers).not.toHaveProperty('location');
  });

  it.each(['PUT', 'OPTIONS'])('answers %s with 405', async (method) => {
    expect(await answerOf(authorizationEndpoint(), { method })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST' },
    });
  });
});
