import { expect, it } from 'vitest';
import { jwksEndpoint } from '../src/jwks-endpoint.ts';
import { generateSigningKey, prepareSigningKeys } from '../src/signing-key.ts';
import { answerOf, jsonOf, signingKey } from './fixtures.ts';

it('serves all public keys and no private member', async () => {
  const { published } = prepareSigningKeys([signingKey, await generateSigningKey('EdDSA')]);
  const response = await answerOf(jwksEndpoint(published), { method: 'GET' });
  expect(response).toMatchObject({
    status: 200,
    headers: {
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    },
  });
  expect(jsonOf(response)).toEqual(published);
  expect(published.keys).toHaveLength(2);
  for (const key of published.keys) {
    expect(key).toMatchObject({ use: 'sig', kid: expect.any(String), alg: expect.any(String) });
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) {
      expect(key).not.toHaveProperty(member);
    }
  }
});
