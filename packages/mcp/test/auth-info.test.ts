import { fromCookie, nodeRequestView } from '@authly/core';
import { admissionMode, admitRequest } from '@authly/core/adapter';
import { describe, expect, it } from 'vitest';
import { type SettableRequest, setAuthInfo, toAuthInfo } from '../src/auth-info.ts';
import { anMcpResource, issuer, MCP_URL } from './mcp-resource.ts';

const SCOPES = { 'notes:write': ['notes:read'] };

describe('toAuthInfo', () => {
  it('describes a client: token, id, scopes with the implied ones, expiry in seconds, resource, principal', async () => {
    const resource = anMcpResource({ scopeImplies: SCOPES });
    const token = issuer.aClientToken({ scope: 'notes:write', exp: 4_000_000_000 });
    const principal = await resource.verify(token);
    expect(toAuthInfo(principal, token, resource)).toEqual({
      token,
      clientId: 'nightly-sync',
      scopes: ['notes:write', 'notes:read'],
      expiresAt: 4_000_000_000,
      resource: new URL(MCP_URL),
      extra: { principal },
    });
  });

  it("names the client through which a user calls, and never the user's id instead", async () => {
    const resource = anMcpResource();
    const token = issuer.aUserToken({ sub: 'user-1', client_id: 'web-app' });
    const info = toAuthInfo(await resource.verify(token), token, resource);
    expect(info.clientId).toBe('web-app');
  });

  it('has an empty client id for a user whose token names no client', async () => {
    const resource = anMcpResource();
    const token = issuer.aUserToken();
    const principal = {
      ...(await resource.verify(token)),
      kind: 'user',
      userId: 'user-1',
    } as const;
    expect(toAuthInfo({ ...principal, clientId: undefined }, token, resource).clientId).toBe('');
  });

  it('leaves out `resource` when there is none, and adds no scopes of its own', async () => {
    const token = issuer.aUserToken({ scope: 'notes:write' });
    const info = toAuthInfo(await anMcpResource().verify(token), token, {});
    expect(info).not.toHaveProperty('resource');
    expect(info.scopes).toEqual(['notes:write']);
  });

  it('does not state a `resource` that the token is not for, even if the server accepts its audience', async () => {
    const token = issuer.aUserToken();
    const principal = await anMcpResource().verify(token);
    const info = toAuthInfo(principal, token, { resource: 'https://other.example.com/mcp' });
    expect(info).not.toHaveProperty('resource');
  });

  it.each([
    ['https://mcp.example.com', 'https://mcp.example.com/', true],
    ['https://mcp.example.com/mcp', 'https://mcp.example.com/mcp/', false],
    ['https://mcp.example.com', 'https://mcp.example.com/mcp', false],
    ['https://mcp.example.com', 'https://mcp.example.com.evil.test/', false],
  ])(
    'treats an origin with and without a slash as the same: %s, aud %s: %s',
    async (resource, aud, same) => {
      const server = anMcpResource({ audience: [aud], resource });
      const token = issuer.aUserToken({ aud });
      const info = toAuthInfo(await server.verify(token), token, server);
      expect(info.resource?.href).toBe(same ? `${resource}/` : undefined);
    },
  );

  it("gives a list of scopes that may be changed without changing the principal's", async () => {
    const token = issuer.aUserToken({ scope: 'notes:read' });
    const principal = await anMcpResource().verify(token);
    toAuthInfo(principal, token, {}).scopes.push('notes:write');
    expect(principal.scopes).toEqual(['notes:read']);
  });
});

describe('setAuthInfo', () => {
  const token = issuer.aUserToken({ scope: 'notes:read' });

  function aRequest(...rawHeaders: readonly string[]): SettableRequest {
    return { method: 'POST', rawHeaders };
  }

  it.each(['Bearer', 'bearer', 'BEARER '])('reads the token after "%s"', async (scheme) => {
    const resource = anMcpResource();
    const principal = await resource.verify(token);
    const request = aRequest('Host', 'mcp.example.com', 'Authorization', `${scheme} ${token}`);
    setAuthInfo(request, principal, resource);
    expect(request.auth).toEqual(toAuthInfo(principal, token, resource));
  });

  it.each<[string, (request: SettableRequest) => SettableRequest | { req: SettableRequest }]>([
    ['Express', (request) => request],
    ['Koa', (req) => ({ req })],
  ])('takes the token that authenticate read from a cookie, with %s', async (_, carry) => {
    const resource = anMcpResource();
    const principal = await resource.verify(token);
    const request = aRequest('Cookie', `__Host-at=${token}`);
    const carrier = carry(request);
    const credentials = fromCookie('__Host-at', { origins: ['https://app.example.com'] });
    const mode = admissionMode(resource, { credentials }, { delegates: 'next' });
    await admitRequest(carrier, nodeRequestView({ ...request, method: 'GET' }, '/'), mode);
    setAuthInfo(carrier, principal, resource);
    expect(request.auth).toEqual(toAuthInfo(principal, token, resource));
  });

  it.each<[string, readonly string[]]>([
    ['no credentials', []],
    ['another scheme', ['Authorization', 'Basic YTpi']],
    ['two Authorization headers', ['Authorization', 'Bearer a', 'Authorization', 'Bearer b']],
  ])('is a programming error on a request with %s, and sets nothing', async (_, headers) => {
    const resource = anMcpResource();
    const principal = await resource.verify(token);
    const request = aRequest(...headers);
    expect(() => setAuthInfo(request, principal, resource)).toThrow(
      /Write: app\.use\(authenticate/,
    );
    expect(request.auth).toBeUndefined();
  });
});
