import type { AuthEvent } from '@authly/core';
import { auth0, authly, rfc9068 } from '@authly/core/providers';
import { generateTestKey, testIssuer } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClock } from '../support/tokens.ts';

const clock = aClock();
const a = testIssuer({ issuer: 'https://a.example.com', audience: 'urn:for-a', clock });
const b = testIssuer({ issuer: 'https://b.example.com', audience: 'urn:for-b', clock });
const stranger = testIssuer({ issuer: 'https://stranger.example.com', clock });

const entryA = { ...rfc9068({ issuer: a.issuer, jwks: a.jwks }), audience: a.audience };
const entryB = {
  ...authly({ issuer: b.issuer, jwks: b.jwks, name: 'partners' }),
  audience: b.audience,
};

describe.each(frameworks)('several issuers in $name', (framework) => {
  const server = () => aResourceServer({ issuers: [entryA, entryB], clock });

  it('tokens of each are accepted for its own audience', async () => {
    const app = protectedApp(framework, { server: server() });
    const fromA = await send(app, { token: a.aUserToken({ sub: 'ada' }) });
    expect(fromA.body).toMatchObject({
      issuer: a.issuer,
      key: 'user:https%3A%2F%2Fa.example.com:ada',
    });
    const fromB = await send(app, { token: b.aUserToken({ sub: 'ada' }) });
    expect(fromB.body).toMatchObject({ issuer: b.issuer, key: 'user:partners:ada' });
  });

  it.each([
    ['A for B’s audience', a.aUserToken({ aud: b.audience })],
    ['B for A’s audience', b.aUserToken({ aud: a.audience })],
  ])('a token of %s is refused', async (_, token) => {
    const response = await send(protectedApp(framework, { server: server() }), { token });
    expect(response.status).toBe(401);
    expect(response.body.error_description).toBe('The access token is meant for another audience');
  });

  it.each([
    ['A’s key in B’s name', a.aUserToken({ iss: b.issuer, aud: b.audience })],
    ['B’s key in A’s name', b.aUserToken({ iss: a.issuer, aud: a.audience })],
  ])('a token signed with %s is refused, though both keys have the same kid', async (_, token) => {
    const response = await send(protectedApp(framework, { server: server() }), { token });
    expect(response.status).toBe(401);
    expect(response.body.error_description).toBe('The signature of the access token is invalid');
  });

  it('the preset of each issuer decides who is calling', async () => {
    const app = protectedApp(framework, { server: server() });
    const claims = { sub: 'x', client_id: 'x', sub_type: undefined };
    expect((await send(app, { token: a.aUserToken(claims) })).body.kind).toBe('client');
    expect((await send(app, { token: b.aUserToken(claims) })).status).toBe(401);
  });

  it('a token of another issuer is refused without a request to any server', async () => {
    let requests = 0;
    const fetch = async () => {
      requests += 1;
      return new Response('{}');
    };
    const app = protectedApp(framework, {
      server: aResourceServer({ issuers: [entryA, entryB], clock, fetch }),
    });
    const response = await send(app, { token: stranger.aUserToken({ aud: a.audience }) });
    expect(response.status).toBe(401);
    expect(response.body.error_description).toBe('The issuer of the access token is not accepted');
    expect(requests).toBe(0);
  });

  it('one entry may have several audiences', async () => {
    const issuers = [{ ...entryA, audience: ['urn:one', 'urn:two'] as const }];
    const app = protectedApp(framework, { server: aResourceServer({ issuers, clock }) });
    expect((await send(app, { token: a.aUserToken({ aud: 'urn:two' }) })).status).toBe(200);
    expect((await send(app, { token: a.aUserToken({ aud: 'urn:three' }) })).status).toBe(401);
  });
});

describe.each(frameworks)('issuers that a resolver finds in $name', (framework) => {
  it('a known issuer is accepted, an unknown one refused, and each is looked up once', async () => {
    const asked: string[] = [];
    const issuers = async (iss: string) => {
      asked.push(iss);
      return iss === a.issuer ? entryA : undefined;
    };
    const app = protectedApp(framework, { server: aResourceServer({ issuers, clock }) });
    for (const round of [1, 2]) {
      expect((await send(app, { token: a.aUserToken({ round }) })).status).toBe(200);
      const unknown = await send(app, { token: stranger.aUserToken({ round }) });
      expect(unknown.status).toBe(401);
    }
    expect(asked).toEqual([a.issuer, stranger.issuer]);
  });

  it('a resolver that throws is an outage: 503 with Retry-After, never 401', async () => {
    for (const issuers of [
      () => {
        throw new Error('a database is down');
      },
      () => Promise.reject(new Error('a database is down')),
    ]) {
      const app = protectedApp(framework, { server: aResourceServer({ issuers, clock }) });
      const response = await send(app, { token: a.aUserToken() });
      expect(response.status).toBe(503);
      expect(response.headers['retry-after']).toMatch(/^\d+$/);
      expect(response.headers).not.toHaveProperty('www-authenticate');
      expect(response.text).not.toContain('database');
    }
  });

  it('a resolver that gives another issuer than asked for is our fault, not the token’s', async () => {
    const app = protectedApp(framework, {
      server: aResourceServer({ issuers: async () => entryB, clock }),
    });
    expect((await send(app, { token: a.aUserToken({ aud: b.audience }) })).status).toBe(503);
  });
});

describe('issuers at construction', () => {
  it('two with the same iss, or one with the name of another, cause a ConfigurationError', () => {
    expect(() => aResourceServer({ issuers: [entryA, entryA] })).toThrow(/share the iss/);
    const named = { ...entryB, name: a.issuer };
    expect(() => aResourceServer({ issuers: [entryA, named] })).toThrow(/share the name https/);
    expect(() => aResourceServer({ issuers: [named, entryA] })).toThrow(/share the name https/);
  });

  it.each(frameworks)('two with the same name give a user one key, in $name', async (framework) => {
    const renamed = { ...entryA, name: 'partners' };
    const server = aResourceServer({ issuers: [renamed, entryB], clock });
    const app = protectedApp(framework, { server });
    for (const issuer of [a, b]) {
      const { body } = await send(app, { token: issuer.aUserToken({ sub: 'ada' }) });
      expect(body).toMatchObject({ issuer: issuer.issuer, key: 'user:partners:ada' });
    }
    // Two issuers with one name still have separate keys and audiences.
    expect(
      (await send(app, { token: a.aUserToken({ iss: b.issuer, aud: b.audience }) })).status,
    ).toBe(401);
    expect((await send(app, { token: a.aUserToken({ aud: b.audience }) })).status).toBe(401);
  });

  it('a preset that would misread the tokens of a known provider refuses its issuer', () => {
    expect(() => rfc9068('https://acme.eu.auth0.com/')).toThrow(/write auth0\(/);
    expect(auth0('acme.eu.auth0.com').issuer).toBe('https://acme.eu.auth0.com/');
  });

  it('a second server with the same issuer and audience causes an event', () => {
    const events: AuthEvent[] = [];
    const key = generateTestKey('ES256', 'k');
    const options = {
      issuer: rfc9068({ issuer: 'https://twice.example.com', jwks: { keys: [key.publicJwk] } }),
      audience: 'urn:twice',
      onEvent: (event: AuthEvent) => events.push(event),
    };
    const first = aResourceServer(options);
    expect(events).toEqual([]);
    aResourceServer({ ...options, audience: 'urn:another' });
    expect(events).toEqual([]);
    aResourceServer(options).close();
    expect(events).toEqual([
      { type: 'config.duplicate_resource_server', issuer: 'https://twice.example.com' },
    ]);
    first.close();
    aResourceServer(options);
    expect(events).toHaveLength(1);
  });
});
