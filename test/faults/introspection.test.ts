import type { ServerResponse } from 'node:http';
import { clientSecretBasic } from '@authly/core';
import { oidcProvider } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { ACTIVE_USER, anIntrospectingApi, CLIENT_ID } from '../support/introspecting-api.ts';
import {
  anIntrospectionEndpoint,
  answering,
  type EndpointAnswer,
} from '../support/introspection-endpoint.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, jwks } from '../support/tokens.ts';

// An authorization server that fails in every way must never make a good token a bad one, and must
// never hold a request for longer than its time limit.

const MEBIBYTE = Buffer.alloc(1024 * 1024, ' ');

/** Sends a body of many megabytes, as fast as it is read. */
const endless: EndpointAnswer = (_question, response) => {
  let sent = 0;
  const more = (): void => {
    while (sent < 50 && !response.destroyed) {
      sent += 1;
      if (!response.write(MEBIBYTE)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
};

/** Sends a byte at a time, and never the last one. */
const dripping: EndpointAnswer = (_question, response) => {
  const timer = setInterval(() => response.write(' '), 5);
  response.on('close', () => clearInterval(timer));
};

const silent: EndpointAnswer = () => {};
const hangingUp: EndpointAnswer = (_question, response: ServerResponse) => {
  response.socket?.destroy();
};

const FAULTS: readonly (readonly [string, EndpointAnswer, string])[] = [
  ['hangs up', hangingUp, 'network'],
  ['says nothing', silent, 'timeout'],
  ['drips', dripping, 'timeout'],
  ['sends 50 MB', endless, 'too_large'],
  ['answers 500', answering(500, 'oops'), 'status'],
  ['answers 429', answering(429), 'status'],
  ['answers 404', answering(404), 'status'],
  ['answers 204', answering(204), 'status'],
  ['refuses our secret', answering(401), 'unauthorized'],
  ['redirects', answering(302, '', { location: 'https://other.example.com/' }), 'redirect'],
  ['answers with HTML', answering(200, '<html>', { 'content-type': 'text/html' }), 'not_json'],
  ['answers with half of the JSON', answering(200, '{"active":tr'), 'not_json'],
  [
    'answers with bytes that are no text',
    answering(200, Buffer.from('{"active":true,"a":"\xff"}', 'latin1')),
    'malformed',
  ],
  [
    'answers with JSON that is too deep',
    answering(200, `{"active":true,"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    'malformed',
  ],
];

const [express5] = frameworks.slice(1);
if (express5 === undefined) throw new Error('there is no framework');

describe.each(FAULTS)('an endpoint that %s', (_name, fault, cause) => {
  it('is an outage, reported once, and its recovery is noticed without a restart', async () => {
    // Short for what never ends alone: on a busy machine the rest may take its time.
    const timeoutMs = cause === 'timeout' ? 1_500 : 20_000;
    const api = await anIntrospectingApi(express5, { introspection: { timeoutMs } });
    api.endpoint.answer(fault);
    const answer = await api.call('opaque');
    expect(answer).toMatchObject({ status: 503, challenge: '', retryAfter: expect.any(String) });
    expect((await api.call('opaque')).status).toBe(503);
    api.endpoint.answer(ACTIVE_USER);
    api.clock.advanceSec(3);
    expect((await api.call('opaque')).status).toBe(200);
    expect(api.told()).toEqual([cause, 'introspection.recovered']);
  });
});

it('where nobody listens is asked once in a pause, and again after it', async () => {
  // Not a port that was just freed: the system may give it to a server of another test meanwhile.
  const nobody = 'http://127.0.0.1:2';
  let calls = 0;
  const api = await anIntrospectingApi(express5, {
    introspection: { endpoint: `${nobody}/introspect` },
    options: {
      fetch: (...args: Parameters<typeof fetch>) => {
        calls += 1;
        return fetch(...args);
      },
    },
  });
  for (let index = 0; index < 10; index++) expect((await api.call(`t${index}`)).status).toBe(503);
  expect(calls).toBe(1);
  api.clock.advanceSec(1);
  for (let index = 0; index < 10; index++) expect((await api.call(`t${index}`)).status).toBe(503);
  expect(calls).toBe(2);
});

it('asks once for a thousand callers with one token', async () => {
  const api = await anIntrospectingApi(express5);
  api.endpoint.answer(ACTIVE_USER);
  const callers = Array.from({ length: 1_000 }, () => api.server.verify('opaque'));
  expect(new Set((await Promise.all(callers)).map(({ kind }) => kind))).toEqual(new Set(['user']));
  expect(api.endpoint.questions).toHaveLength(1);
});

it('ends what is in flight when the server is closed, with an outage', async () => {
  const api = await anIntrospectingApi(express5);
  let reached = () => {};
  const asked = new Promise<void>((resolve) => {
    reached = resolve;
  });
  api.endpoint.answer(() => reached());
  const caller = api.server.verify('opaque');
  await asked;
  api.server.close();
  await expect(caller).rejects.toMatchObject({ status: 503, reason: 'introspection_unavailable' });
});

describe('the metadata of the server', () => {
  it('are read in the other form, too, where the first does not name the endpoint', async () => {
    const endpoint = await anIntrospectionEndpoint({ introspection_endpoint: undefined });
    endpoint.answer(ACTIVE_USER);
    const asked: string[] = [];
    const server = aResourceServer({
      issuer: oidcProvider({ issuer: endpoint.issuer, jwks, subjectNamespaces: 'disjoint' }),
      audience: AUDIENCE,
      introspection: { client: clientSecretBasic(CLIENT_ID, 's') },
      fetch: async (url: string | URL | Request, init?: RequestInit) => {
        asked.push(new URL(String(url)).pathname);
        if (!String(url).includes('oauth-authorization-server')) return fetch(url, init);
        const { issuer, url: introspection_endpoint } = endpoint;
        return Response.json({ issuer, introspection_endpoint });
      },
    });
    expect((await server.verify('opaque')).kind).toBe('user');
    expect(asked).toEqual([
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/introspect',
    ]);
  });

  it.each([
    ['of another issuer', { issuer: 'https://other.example.com' }],
    ['without an endpoint', { introspection_endpoint: undefined }],
    ['with an endpoint over http', { introspection_endpoint: 'http://as.example.com/i' }],
    ['with an endpoint that is no URL', { introspection_endpoint: 7 }],
  ])('%s are an outage, and no token is sent', async (_name, metadata) => {
    const api = await anIntrospectingApi(express5, { metadata });
    api.endpoint.answer(ACTIVE_USER);
    expect((await api.call('opaque')).status).toBe(503);
    expect(api.told()).toEqual(['discovery']);
    expect(api.endpoint.questions).toEqual([]);
    await expect(api.server.ready()).rejects.toMatchObject({ reason: 'introspection_unavailable' });
  });

  it('are looked up before the first request by ready()', async () => {
    const api = await anIntrospectingApi(express5);
    await api.server.ready();
    expect(api.endpoint.questions).toEqual([]);
  });
});
