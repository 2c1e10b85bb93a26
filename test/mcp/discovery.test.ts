import { machine } from '@authly-examples/mcp-express';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aRunningExample, examples, post } from './example-servers.ts';
import { recordingFetch } from './exchanges.ts';

// MCP authorization (2025-11-25, 2026-07-28): a client that knows the server's URL and its own credentials finds
// everything else, beginning with the 401. The client is the SDK's own, unmodified.

describe.each(examples)('%s', (_, servers) => {
  it.each(['auto', 'legacy'] as const)(
    'a machine gets from the 401 over both metadata documents to a token and a tool (%s revision)',
    async (mode) => {
      const { url, writer, issuer } = await aRunningExample(servers);
      const { fetch, exchanges, steps } = recordingFetch();
      const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
      onTestFinished(() => client.close());
      await client.connect(
        new StreamableHTTPClientTransport(new URL(url), { authProvider: machine(writer), fetch }),
      );
      const { content } = await client.callTool({ name: 'whoami' });
      expect(content).toEqual([{ type: 'text', text: 'client writer' }]);
      expect(steps().slice(0, 5)).toEqual([
        'POST /mcp 401',
        'GET /.well-known/oauth-protected-resource/mcp 200',
        'GET /.well-known/oauth-authorization-server 200',
        'POST /token 200',
        'POST /mcp 200',
      ]);
      const tokenRequest = exchanges.find(({ form }) => form !== undefined);
      expect(tokenRequest?.url).toBe(`${issuer.issuer}/token`);
      // RFC 8707: the token is asked for this server alone, with the scopes that its metadata names.
      expect(Object.fromEntries(tokenRequest?.form ?? [])).toEqual({
        grant_type: 'client_credentials',
        scope: 'notes:read',
        resource: url,
      });
    },
  );

  it('names its metadata and the scopes in the 401 for a request without a token, and no error', async () => {
    const { url } = await aRunningExample(servers);
    const response = await post(url, undefined);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      ['Bearer realm="api"', 'DPoP realm="api"']
        .map(
          (challenge) => `${challenge}, scope="notes:read", resource_metadata="${metadataOf(url)}"`,
        )
        .join(', ')
        .concat(', algs="ES256 Ed25519 EdDSA PS256 RS256"'),
    );
  });

  it('serves metadata with its URL as resource, its authorization server and the first scopes', async () => {
    const { url, issuer } = await aRunningExample(servers);
    const response = await fetch(metadataOf(url));
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({
      resource: url,
      authorization_servers: [issuer.issuer],
      scopes_supported: ['notes:read'],
      bearer_methods_supported: ['header'],
      resource_name: 'Notes',
    });
  });

  it("lets browsers' clients read both documents, with the header that they add", async () => {
    const { url, issuer } = await aRunningExample(servers);
    const documents = [metadataOf(url), `${issuer.issuer}/.well-known/oauth-authorization-server`];
    for (const document of documents) {
      const origin = 'https://inspector.example.com';
      const preflight = await fetch(document, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'mcp-protocol-version',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(
        /\*|mcp-protocol-version/,
      );
      const found = await fetch(document, { headers: { origin } });
      expect(found.headers.get('access-control-allow-origin')).toBe('*');
    }
  });
});

function metadataOf(url: string): string {
  return `${new URL(url).origin}/.well-known/oauth-protected-resource/mcp`;
}
