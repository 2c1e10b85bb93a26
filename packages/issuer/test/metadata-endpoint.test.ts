import { describe, expect, it } from 'vitest';
import { locateIssuer } from '../src/issuer-identifier.ts';
import { issuerMetadata, metadataEndpoint } from '../src/metadata-endpoint.ts';
import { answerOf, jsonOf } from './fixtures.ts';

const locations = locateIssuer('https://example.com/auth');

describe('the metadata endpoint', () => {
  it('says what clients need, and the two members without which common clients give up', async () => {
    const metadata = issuerMetadata(locations, ['read:users']);
    const response = await answerOf(metadataEndpoint(metadata), { method: 'GET' });
    expect(response).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=300',
        'access-control-allow-origin': '*',
      },
    });
    expect(jsonOf(response)).toEqual({
      issuer: 'https://example.com/auth',
      authorization_endpoint: 'https://example.com/auth/authorize',
      token_endpoint: 'https://example.com/auth/token',
      jwks_uri: 'https://example.com/auth/jwks',
      scopes_supported: ['read:users'],
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    });
    expect(jsonOf(response)).toEqual(metadata);
  });

  it('says nothing of scopes that are not configured', () => {
    expect(issuerMetadata(locations, undefined)).not.toHaveProperty('scopes_supported');
  });
});
