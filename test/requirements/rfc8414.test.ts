import { createResourceServer, type ResourceServer } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { mount } from '@authly/express';
import {
  createIssuer,
  generateSigningKey,
  type IssuerOptions,
  memoryClientStore,
} from '@authly/issuer';
import { testIssuer } from '@authly/testing';
import express from 'express';
import supertest from 'supertest';
import { afterAll, describe, expect, it } from 'vitest';

const servers: ResourceServer<unknown>[] = [];

afterAll(() => {
  for (const server of servers) server.close();
});

const keys: IssuerOptions['keys'] = [await generateSigningKey()];

/** What an issuer answers at a path. */
function answerAt(issuer: string, path: string, scopes?: readonly string[]): supertest.Test {
  const options = { issuer, keys, clients: memoryClientStore([]) };
  const { handler } = createIssuer(scopes === undefined ? options : { ...options, scopes });
  return supertest(express().use(mount(handler))).get(path);
}

describe('the metadata of our issuer', () => {
  it('[RFC8414-2-b] [RFC8414-2-c] [RFC8414-2-e] [RFC8414-3.2-a] [RFC8414-3.2-b] says what clients need', async () => {
    const issuer = 'https://auth.example.com';
    const { status, headers, body } = await answerAt(
      issuer,
      '/.well-known/oauth-authorization-server',
    );
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(body).toMatchObject({
      issuer,
      token_endpoint: 'https://auth.example.com/token',
      response_types_supported: ['none'],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    });
    expect(body).not.toHaveProperty('scopes_supported');
    expect(Object.values(body)).not.toContainEqual([]);
  });

  it('[RFC8414-2-f] lists configured scopes', async () => {
    const path = '/.well-known/oauth-authorization-server';
    const { body } = await answerAt('https://auth.example.com', path, ['read:users']);
    expect(body.scopes_supported).toEqual(['read:users']);
  });

  it('[RFC8414-2-d] leads to the public keys', async () => {
    const issuer = 'https://auth.example.com';
    const { body } = await answerAt(issuer, '/.well-known/oauth-authorization-server');
    expect(body.jwks_uri).toMatch(/^https:\/\/auth\.example\.com\//);
    const { body: set } = await answerAt(issuer, new URL(body.jwks_uri).pathname);
    expect(set.keys).toHaveLength(1);
    expect(set.keys[0]).not.toHaveProperty('d');
  });

  it('[RFC8414-3-a] is at the well-known path between host and path of the issuer', async () => {
    const issuer = 'https://auth.example.com/tenants/acme';
    const path = '/.well-known/oauth-authorization-server/tenants/acme';
    expect((await answerAt(issuer, path)).body.issuer).toBe(issuer);
    const appended = '/tenants/acme/.well-known/oauth-authorization-server';
    expect((await answerAt(issuer, appended)).status).toBe(404);
  });

  it.each([
    'http://auth.example.com',
    'https://auth.example.com?tenant=acme',
    'https://auth.example.com#acme',
    'auth.example.com',
  ])('[RFC8414-2-a] %s is refused as an issuer', (issuer) => {
    expect(() => createIssuer({ issuer, keys, clients: memoryClientStore([]) })).toThrow();
    const audience = 'https://api.example.com';
    expect(() => createResourceServer({ issuer: rfc9068(issuer), audience })).toThrow();
  });
});

describe('the metadata of others', () => {
  /** A resource server to which the issuer's metadata says what is given. */
  function reading(issuer: string, metadata: (url: string) => unknown) {
    const asked: string[] = [];
    const { jwks, aUserToken } = testIssuer({ issuer, audience: 'https://api.example.com' });
    const server = createResourceServer({
      issuer: rfc9068(issuer),
      audience: 'https://api.example.com',
      fetch: async (input) => {
        const url = String(input);
        asked.push(url);
        if (url.endsWith('/keys')) return Response.json(jwks);
        const found = metadata(url);
        return found === undefined ? new Response('', { status: 404 }) : Response.json(found);
      },
    });
    servers.push(server);
    return { server, asked, token: aUserToken() };
  }

  it('[RFC8414-3-a] [RFC8414-3.1-a] is read at the well-known path, without a slash at the end of the issuer', async () => {
    const issuer = 'https://as.example.com/tenants/acme/';
    const { server, asked, token } = reading(issuer, (url) =>
      url.includes('oauth-authorization-server')
        ? { issuer, jwks_uri: 'https://as.example.com/keys' }
        : undefined,
    );
    await expect(server.verify(token)).resolves.toMatchObject({ kind: 'user' });
    expect(asked).toContain(
      'https://as.example.com/.well-known/oauth-authorization-server/tenants/acme',
    );
    expect(asked.at(-1)).toBe('https://as.example.com/keys');
  });

  it('[RFC8414-3.3-a] is not used when it names another issuer', async () => {
    const issuer = 'https://as.example.com';
    const { server, asked, token } = reading(issuer, () => ({
      issuer: 'https://evil.example.com',
      jwks_uri: `${issuer}/keys`,
    }));
    await expect(server.verify(token)).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(asked.filter((url) => url.endsWith('/keys'))).toEqual([]);
  });

  it('[RFC8414-2-d] leads only to keys over https', async () => {
    const issuer = 'https://as.example.com';
    const { server, asked, token } = reading(issuer, () => ({
      issuer,
      jwks_uri: 'http://as.example.com/keys',
    }));
    await expect(server.verify(token)).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(asked.filter((url) => url.startsWith('http:'))).toEqual([]);
  });
});
