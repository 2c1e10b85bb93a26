import { describe, expect, it } from 'vitest';
import { locateIssuer } from '../src/issuer-identifier.ts';
import { issuerMetadata, metadataEndpoint } from '../src/metadata-endpoint.ts';
import { generateSigningKey, prepareSigningKeys } from '../src/signing-key.ts';
import { answerOf, jsonOf, signingKey } from './fixtures.ts';

const locations = locateIssuer('https://example.com/auth');
const { published } = prepareSigningKeys([signingKey]);

describe('the metadata endpoint', () => {
  it('has the members that clients need, and those that common clients require', async () => {
    const metadata = issuerMetadata(locations, ['read:users'], published);
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
      response_types_supported: ['none'],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
    expect(jsonOf(response)).toEqual(metadata);
  });

  it.each([[undefined], [[]]])('lists no scopes when none are configured: %j', (scopes) => {
    const metadata = issuerMetadata(locations, scopes, published);
    expect(metadata).not.toHaveProperty('scopes_supported');
  });

  it('names the algorithm of each published key once', async () => {
    const [rsa, another] = [await generateSigningKey('RS256'), await generateSigningKey('ES256')];
    const { published: keys } = prepareSigningKeys([signingKey, rsa, another]);
    const metadata = issuerMetadata(locations, undefined, keys);
    expect(metadata.id_token_signing_alg_values_supported).toEqual(['ES256', 'RS256']);
  });
});
