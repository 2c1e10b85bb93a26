import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AuthEvent, createResourceServer } from '@authly/core';
import { custom, spiffe } from '@authly/core/providers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AUDIENCE, anIdentityProvider } from './identity-provider.ts';

/** A key set as a real server was recorded to serve it, with what is to be taken from it. */
interface RecordedKeySet {
  readonly server: string;
  readonly id: string;
  readonly cacheControl: string | null;
  readonly contentType: string;
  /** How many of its keys are for signatures. */
  readonly used: number;
  readonly set: { readonly keys: readonly object[] };
}

const recorded: readonly RecordedKeySet[] = JSON.parse(
  readFileSync(new URL('fixtures/recorded-key-sets.json', import.meta.url), 'utf8'),
);

/** Serves bytes on loopback; ends with the test. */
async function served(body: string | Buffer, headers: Record<string, string>): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
}

/** What a resource server says of the key set at a URL. */
async function eventsOf(jwksUri: string, id = ''): Promise<readonly AuthEvent[]> {
  const events: AuthEvent[] = [];
  const issuer = id.startsWith('spire')
    ? spiffe({ trustDomain: 'parcels.example', jwksUri })
    : custom({ issuer: 'https://as.example.com', jwksUri, classify: () => 'client' });
  const server = createResourceServer({
    issuer,
    audience: AUDIENCE,
    onEvent: (event) => events.push(event),
  });
  onTestFinished(() => server.close());
  await server.ready();
  return events;
}

describe.each(recorded)('the key set of $server ($id)', ({ id, used, set, ...headers }) => {
  it('is accepted without a warning: keys for another use are ignored', async () => {
    const url = await served(JSON.stringify(set), {
      'content-type': headers.contentType,
      ...(headers.cacheControl === null ? {} : { 'cache-control': headers.cacheControl }),
    });
    expect(await eventsOf(url, id)).toMatchObject([{ type: 'keys.refreshed', keys: used }]);
  });
});

describe('a key set as real servers send it', () => {
  it.each([
    ['a byte-order mark', Buffer.from('\uFEFF'), 'application/json'],
    ['a charset', Buffer.from(''), 'application/json;charset=ISO-8859-1'],
    ['a quoted charset, upper case', Buffer.from('  \r\n'), 'Application/JSON; Charset="UTF-8"'],
    ['another media type', Buffer.from(''), 'text/plain'],
  ])('%s does not matter', async (_what, before, contentType) => {
    const { newKey } = await anIdentityProvider();
    const { jwk } = await newKey('a');
    const body = Buffer.concat([before, Buffer.from(JSON.stringify({ keys: [jwk] }))]);
    const url = await served(body, { 'content-type': contentType });
    expect(await eventsOf(url)).toMatchObject([{ type: 'keys.refreshed', keys: 1 }]);
  });

  it('null for members without a value does not matter', async () => {
    const { newKey } = await anIdentityProvider();
    const { jwk } = await newKey('a');
    const nulls = { d: null, k: null, p: null, q: null, oth: null, x5u: null, key_ops: null };
    const body = JSON.stringify({ keys: [{ ...nulls, ...jwk, use: null, alg: null }] });
    const url = await served(body, { 'content-type': 'application/json' });
    expect(await eventsOf(url)).toMatchObject([{ type: 'keys.refreshed', keys: 1 }]);
  });
});

describe('a discovery place that does not answer with metadata', () => {
  const PLACES = [
    '/tenant/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server/tenant',
    '/.well-known/openid-configuration/tenant',
    '/tenant/.well-known/oauth-authorization-server',
  ];

  /** An issuer with a path whose metadata is at one place; the others answer so. */
  async function anIssuer(at: number, status: number, other: string) {
    const { newKey } = await anIdentityProvider();
    const { jwk } = await newKey('a');
    const asked: string[] = [];
    const server = createServer(({ url = '', headers }, response) => {
      const issuer = `http://${headers.host}/tenant`;
      asked.push(url);
      if (url === '/jwks') response.end(JSON.stringify({ keys: [jwk] }));
      else if (url === PLACES[at])
        response.end(JSON.stringify({ issuer, jwks_uri: `http://${headers.host}/jwks` }));
      else response.writeHead(status, { location: '/login' }).end(other);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const events: AuthEvent[] = [];
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const resourceServer = createResourceServer({
      issuer: custom({ issuer: `${origin}/tenant`, classify: () => 'client' }),
      audience: AUDIENCE,
      onEvent: (event) => events.push(event),
    });
    onTestFinished(() => resourceServer.close());
    return { asked, events, origin, ready: () => resourceServer.ready() };
  }

  it.each([
    ...[400, 401, 403, 404, 405, 302, 500, 502].map((status) => [`status ${status}`, status, '']),
    ['HTML', 200, '<!doctype html><title>Log in</title>'],
    ['a JSON error with status 200', 200, '{"error":"Realm does not exist"}'],
  ] as [string, number, string][])(
    '%s leads to the next place, up to the fourth',
    async (_what, status, other) => {
      for (const at of [0, 1, 2, 3]) {
        const { asked, ready } = await anIssuer(at, status, other);
        await ready();
        expect(asked).toEqual([...PLACES.slice(0, at + 1), '/jwks']);
      }
    },
  );

  it('if no place has metadata, the first failure is reported with its URL and status', async () => {
    const { asked, events, origin, ready } = await anIssuer(-1, 403, '');
    await expect(ready()).rejects.toMatchObject({
      cause: { message: `The response has status 403 (${origin}${PLACES[0]})` },
    });
    expect(asked).toEqual(PLACES);
    expect(events).toMatchObject([{ cause: 'status', status: 403, url: `${origin}${PLACES[0]}` }]);
  });
});
