import { once } from 'node:events';
import { ConfigurationError, isAuthError, socketCertificate } from '@authly/core';
import { authly } from '@authly/core/providers';
import { requireBearerAuth } from '@modelcontextprotocol/express';
import { OAuthError } from '@modelcontextprotocol/server';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toAuthInfo } from '../src/auth-info.ts';
import { tokenVerifier } from '../src/token-verifier.ts';
import { anMcpResource, issuer, MCP_URL } from './mcp-resource.ts';

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('tokenVerifier', () => {
  it('throws at construction if proofs are required, since it cannot see them', () => {
    expect(() => tokenVerifier(anMcpResource({ dpop: 'required' }), OAuthError)).toThrow(
      /^tokenVerifier\(\) cannot serve a resource server with dpop: 'required'.* Write: authenticate\(resourceServer\)/,
    );
    expect(() => tokenVerifier(anMcpResource({ dpop: 'when-bound' }), OAuthError)).not.toThrow();
  });

  it('throws at construction if certificates are required, since it cannot see them', () => {
    const certificate = socketCertificate();
    const required = anMcpResource({ mtls: { mode: 'required', certificate } });
    expect(() => tokenVerifier(required, OAuthError)).toThrow(
      /mtls: \{ mode: 'required' \}: it sees no request.* Write: authenticate\(resourceServer\)/,
    );
    expect(() => tokenVerifier(anMcpResource({ mtls: { certificate } }), OAuthError)).not.toThrow();
  });

  it('returns the result of toAuthInfo for a good token', async () => {
    const resource = anMcpResource({ scopeImplies: { 'notes:write': ['notes:read'] } });
    const token = issuer.aClientToken({ scope: 'notes:write' });
    const info = await tokenVerifier(resource, OAuthError).verifyAccessToken(token);
    expect(info).toEqual(toAuthInfo(await resource.verify(token), token, resource));
    expect(info.scopes).toEqual(['notes:write', 'notes:read']);
  });

  it.each<[string, string, string]>([
    ['an expired token', issuer.aToken({}, { expiresInSec: -60 }), 'expired'],
    [
      "another server's token",
      issuer.aToken({ aud: 'https://mcp.example.com/other' }),
      'audience_mismatch',
    ],
    ['a token of nobody', issuer.aToken({ sub_type: undefined }), 'claim_missing'],
    ['no token at all', 'x', 'token_malformed'],
  ])(
    "rejects %s with the SDK's invalid_token and our reason as its cause",
    async (_, token, reason) => {
      const verifier = tokenVerifier(anMcpResource(), OAuthError);
      const error = await rejectionOf(verifier.verifyAccessToken(token));
      expect(error).toBeInstanceOf(OAuthError);
      expect(error).toMatchObject({ code: 'invalid_token', cause: { reason } });
      expect(isAuthError(error)).toBe(false);
    },
  );

  it('passes on an error that is not a refusal', async () => {
    const fault = new Error('a bug');
    const resource = { ...anMcpResource(), verify: () => Promise.reject(fault) };
    const verifier = tokenVerifier(resource, OAuthError);
    expect(await rejectionOf(verifier.verifyAccessToken('x'))).toBe(fault);
  });

  it('cannot be made without the URL of the MCP server', () => {
    const resource = anMcpResource({ audience: 'notes' });
    expect(() => tokenVerifier(resource, OAuthError)).toThrow(ConfigurationError);
    expect(() => tokenVerifier(resource, OAuthError)).toThrow(/resource: 'https:/);
  });
});

describe("tokenVerifier behind the SDK's own requireBearerAuth", () => {
  const METADATA_URL = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';

  async function get(
    resource: ReturnType<typeof anMcpResource>,
    authorization?: string,
  ): Promise<{ status: number; challenge: string | null; body: unknown }> {
    const app = express();
    const verifier = tokenVerifier(resource, OAuthError);
    app.use(
      requireBearerAuth({
        verifier,
        requiredScopes: ['notes:read'],
        resourceMetadataUrl: METADATA_URL,
        expectedResource: new URL(MCP_URL),
      }),
      (request, response) => response.json({ clientId: request.auth?.clientId }),
    );
    const server = app.listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
    });
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const response = await fetch(`http://127.0.0.1:${address.port}/`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    const challenge = response.headers.get('www-authenticate');
    return { status: response.status, challenge, body: await response.json() };
  }

  it('accepts a scope that another one implies', async () => {
    const resource = anMcpResource({ scopeImplies: { 'notes:write': ['notes:read'] } });
    const token = issuer.aClientToken({ scope: 'notes:write' });
    expect(await get(resource, `Bearer ${token}`)).toMatchObject({
      status: 200,
      body: { clientId: 'nightly-sync' },
    });
  });

  it('answers 401 invalid_token with resource_metadata for a bad token', async () => {
    const { status, challenge } = await get(
      anMcpResource(),
      `Bearer ${issuer.aToken({ aud: 'x' })}`,
    );
    expect(status).toBe(401);
    expect(challenge).toContain('error="invalid_token"');
    expect(challenge).toContain(`resource_metadata="${METADATA_URL}"`);
  });

  it('answers 403 insufficient_scope for a missing scope', async () => {
    const { status, challenge } = await get(
      anMcpResource(),
      `Bearer ${issuer.aToken({ scope: 'x' })}`,
    );
    expect(status).toBe(403);
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="notes:read"');
  });

  // The documentation states these limits. If the SDK changes, change the documentation too.
  it('can answer only 500 while the keys cannot be fetched', async () => {
    const resource = anMcpResource({
      issuer: authly(issuer.issuer),
      fetch: () => Promise.reject(new TypeError('down')),
    });
    expect(await get(resource, `Bearer ${issuer.aToken()}`)).toMatchObject({
      status: 500,
      body: { error: 'server_error' },
    });
  });

  it('says invalid_token if there were no credentials', async () => {
    const { status, challenge } = await get(anMcpResource());
    expect(status).toBe(401);
    expect(challenge).toContain('error="invalid_token"');
  });

  it("cannot give the SDK's clock a tolerance", async () => {
    const token = issuer.aToken({ scope: 'notes:read' }, { expiresInSec: -10 });
    const tolerant = anMcpResource({ clockToleranceSec: 60 });
    expect(await tolerant.verify(token)).toMatchObject({ kind: 'user' });
    expect(await get(tolerant, `Bearer ${token}`)).toMatchObject({ status: 401 });
  });
});
