import { ConfigurationError } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type TestApp } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aUserToken, ISSUER } from '../support/tokens.ts';

// RFC 9728: the document, where it stands (§3), and the challenge that points at it (§5.1).

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

type ResourceMetadata = Parameters<Framework['kit']['protectedResourceMetadata']>[1];

interface DescribedOptions {
  readonly resource?: string;
  readonly metadata?: ResourceMetadata;
}

/** An app that describes itself and then authenticates every request. */
function describedApp(framework: Framework, options: DescribedOptions = {}): TestApp {
  const { resource = AUDIENCE, metadata } = options;
  const server = aResourceServer({ resource });
  return framework.createApp(({ use, route }) => {
    use(framework.kit.protectedResourceMetadata(server, metadata));
    use(framework.authenticate(server));
    route('/', () => 'in');
  });
}

describe.each(frameworks)('$name', (framework) => {
  describe('protectedResourceMetadata', () => {
    it.each([
      ['https://api.example.com', WELL_KNOWN],
      ['https://api.example.com/', WELL_KNOWN],
      ['https://api.example.com/mcp', `${WELL_KNOWN}/mcp`],
      ['https://api.example.com/a/b', `${WELL_KNOWN}/a/b`],
      ['https://api.example.com/mcp/', `${WELL_KNOWN}/mcp/`],
      ['https://api.example.com/n%C3%B6tes', `${WELL_KNOWN}/n%C3%B6tes`],
    ])('serves the document of %s at %s to everybody', async (resource, path) => {
      const app = describedApp(framework, { resource });
      const { status, body, headers } = await send(app, { path });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json');
      expect(headers['cache-control']).toBe('public, max-age=300');
      expect(body).toEqual({
        resource,
        authorization_servers: [ISSUER],
        bearer_methods_supported: ['header'],
        tls_client_certificate_bound_access_tokens: false,
        dpop_bound_access_tokens_required: false,
      });
    });

    it('ignores the query of the request, and keeps the query of the resource in the URL', async () => {
      const app = describedApp(framework, { resource: 'https://api.example.com/mcp?tenant=1' });
      expect((await send(app, { path: `${WELL_KNOWN}/mcp?tenant=1` })).status).toBe(200);
      const { headers } = await send(app);
      expect(headers['www-authenticate']).toContain(
        `resource_metadata="https://api.example.com${WELL_KNOWN}/mcp?tenant=1"`,
      );
    });

    it('has every member that was configured', async () => {
      const metadata = {
        scopes: ['read:users'],
        authorizationServers: ['https://other.example.com'],
        name: 'Users',
        documentation: 'https://api.example.com/docs',
        policy: 'https://api.example.com/policy',
        termsOfService: 'https://api.example.com/terms',
        authorizationDetailsTypes: ['payment'],
        jwksUri: 'https://api.example.com/jwks',
        signingAlgorithms: ['ES256'],
        signedMetadata: 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FwaS5leGFtcGxlLmNvbSJ9.c2ln',
        maxAgeSec: 60,
      };
      const { body, headers } = await send(describedApp(framework, { metadata }), {
        path: WELL_KNOWN,
      });
      expect(headers['cache-control']).toBe('public, max-age=60');
      expect(body).toMatchObject({
        scopes_supported: ['read:users'],
        authorization_servers: ['https://other.example.com'],
        resource_name: 'Users',
        resource_documentation: 'https://api.example.com/docs',
        resource_policy_uri: 'https://api.example.com/policy',
        resource_tos_uri: 'https://api.example.com/terms',
        authorization_details_types_supported: ['payment'],
        jwks_uri: 'https://api.example.com/jwks',
        resource_signing_alg_values_supported: ['ES256'],
        signed_metadata: 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FwaS5leGFtcGxlLmNvbSJ9.c2ln',
      });
    });

    it('answers HEAD as GET, without the document', async () => {
      const { status, headers, text } = await send(describedApp(framework), {
        method: 'head',
        path: WELL_KNOWN,
      });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json');
      expect(text ?? '').toBe('');
    });

    it("answers a browser's preflight with 204 for any origin and any header", async () => {
      const { status, headers, text } = await send(describedApp(framework), {
        method: 'options',
        path: WELL_KNOWN,
        headers: {
          origin: 'https://inspector.example.com',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization, mcp-protocol-version, x-trace',
        },
      });
      expect(status).toBe(204);
      expect(text).toBe('');
      expect(headers['access-control-allow-origin']).toBe('*');
      const allowed = headers['access-control-allow-headers']?.split(', ');
      // The wildcard stands for every name but this one (Fetch §3.3.4).
      expect(allowed).toEqual(expect.arrayContaining(['*', 'authorization']));
      expect(headers['access-control-allow-methods']).toContain('GET');
    });

    it('refuses other methods with 405 and the ones it has', async () => {
      const { status, headers } = await send(describedApp(framework), {
        method: 'post',
        path: WELL_KNOWN,
      });
      expect(status).toBe(405);
      expect(headers['allow']).toBe('GET, HEAD, OPTIONS');
    });

    it.each([`${WELL_KNOWN}/`, `${WELL_KNOWN}/other`, '/other'])(
      'does not answer for %s',
      async (path) => {
        expect((await send(describedApp(framework), { path })).status).toBe(401);
      },
    );

    it('names the document in every challenge, whatever Host the request has', async () => {
      const app = describedApp(framework);
      const token = aUserToken({ aud: 'https://other.example.com' });
      for (const request of [{}, { token }]) {
        const headers = { host: 'evil.example.com' };
        const response = await send(app, { ...request, headers });
        expect(response.status).toBe(401);
        expect(response.headers['www-authenticate']).toContain(
          `resource_metadata="${AUDIENCE}${WELL_KNOWN}"`,
        );
      }
    });

    it('names challengeScopes in a 401, but in no other refusal and not in the document', async () => {
      const metadata = { scopes: ['read', 'write'], challengeScopes: ['read', 'list'] };
      const app = describedApp(framework, { metadata });
      expect((await send(app, { path: WELL_KNOWN })).body.scopes_supported).toEqual([
        'read',
        'write',
      ]);
      const url = `resource_metadata="${AUDIENCE}${WELL_KNOWN}"`;
      expect((await send(app)).headers['www-authenticate']).toBe(
        `Bearer realm="api", scope="read list", ${url}`,
      );
      const expired = await send(app, { token: aUserToken({ exp: 1 }) });
      expect(expired.headers['www-authenticate']).toMatch(
        /error="invalid_token".*scope="read list"/,
      );
      const malformed = await send(app, { headers: { authorization: 'Bearer a b' } });
      expect(malformed.status).toBe(400);
      expect(malformed.headers['www-authenticate']).not.toContain('scope=');
    });

    it('refuses challengeScopes that are no scopes', () => {
      const metadata = { challengeScopes: ['read write'] };
      expect(() => describedApp(framework, { metadata })).toThrow(/Write: \{ challengeScopes: /);
    });

    it('names the document in a 403 for a missing scope, too', async () => {
      const server = aResourceServer();
      const app = framework.createApp(({ use, route }) => {
        use(framework.kit.protectedResourceMetadata(server), framework.authenticate(server));
        route('/', framework.kit.requireScope('admin'), () => 'in');
      });
      const { status, headers } = await send(app, { token: aUserToken() });
      expect(status).toBe(403);
      expect(headers['www-authenticate']).toContain(`resource_metadata="${AUDIENCE}${WELL_KNOWN}"`);
    });

    it('refuses to be made without a resource or an authorization server', () => {
      const { protectedResourceMetadata } = framework.kit;
      const nameless = aResourceServer({ audience: 'users' });
      expect(() => protectedResourceMetadata(nameless)).toThrow(ConfigurationError);
      expect(() => protectedResourceMetadata(nameless)).toThrow(/Write: .*resource: /);
      const { kit } = framework;
      const none = { authorizationServers: [] };
      expect(() => kit.protectedResourceMetadata(aResourceServer(), none)).toThrow(
        /Write: .*authorizationServers: /,
      );
    });

    it('is a configuration error below a prefix, where no client would look', async () => {
      const server = aResourceServer();
      const app = framework.createApp(({ app: mountApp }) => {
        mountApp('/api', ({ use }) => use(framework.kit.protectedResourceMetadata(server)));
      });
      expect((await send(app, { path: `/api${WELL_KNOWN}` })).status).toBe(500);
      expect(app.faults).toHaveLength(1);
      expect(app.faults[0]).toBeInstanceOf(ConfigurationError);
      expect(String(app.faults[0])).toContain(`clients look for ${WELL_KNOWN}`);
    });
  });
});
