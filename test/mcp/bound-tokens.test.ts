import { aProof, generateTestKey, testIssuer } from '@authly/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../support/requests.ts';
import { call, examples } from './example-servers.ts';

const key = generateTestKey('ES256', 'mcp-client');

describe.each(examples)('%s', (_, servers) => {
  async function running() {
    const issuer = await testIssuer({ audience: 'unused' }).listen();
    const server = await listen();
    const url = `${server.origin}/mcp`;
    server.serve(servers.mcpServer({ url, issuer: issuer.issuer }));
    onTestFinished(async () => {
      server.close();
      await issuer.close();
    });
    const token = issuer.aUserToken({ aud: url, scope: 'notes:read' }, { boundTo: key });
    const ask = (headers: Readonly<Record<string, string>>) =>
      fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
        body: JSON.stringify(call('whoami')),
      });
    const proof = (issuedInSec = 0) => aProof({ key, token, method: 'POST', url, issuedInSec });
    return { url, token, ask, proof };
  }

  it('accepts a bound token with its proof, from a client whose clock is minutes ahead', async () => {
    const { ask, token, proof } = await running();
    const response = await ask({ authorization: `DPoP ${token}`, dpop: proof(280) });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('user user-1, through web-app');
  });

  it('does not accept it as a Bearer token, nor twice with one proof', async () => {
    const { ask, token, proof } = await running();
    const bearer = await ask({ authorization: `Bearer ${token}`, dpop: proof() });
    expect(bearer.status).toBe(401);
    expect(bearer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const headers = { authorization: `DPoP ${token}`, dpop: proof() };
    expect((await ask(headers)).status).toBe(200);
    expect((await ask(headers)).status).toBe(401);
  });

  it('says in its metadata which proofs it takes', async () => {
    const { url } = await running();
    const { origin, pathname } = new URL(url);
    const response = await fetch(`${origin}/.well-known/oauth-protected-resource${pathname}`);
    expect(await response.json()).toMatchObject({
      bearer_methods_supported: ['header'],
      dpop_bound_access_tokens_required: false,
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA']),
    });
  });
});
