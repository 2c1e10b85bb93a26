import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { createIssuer, generateClientSecret, memoryClientStore } from '@authly/issuer';
import { generateTestKey } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks, type TestApp } from '../support/frameworks.ts';
import { AUDIENCE, aUserToken, ISSUER } from '../support/tokens.ts';

interface RequestParts {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Hands an app a request that no socket brought, as serverless-http does for functions in a cloud: it
 * has `headers`, and no `rawHeaders`.
 */
async function invoke(
  app: TestApp,
  { method = 'GET', url = '/', headers = {}, body = '' }: RequestParts,
): Promise<{ readonly status: number; readonly text: string }> {
  const request = Object.assign(new IncomingMessage(new Socket()), { method, url, headers });
  request.push(body);
  request.push(null);
  const wire = new PassThrough();
  const response = new ServerResponse(request);
  response.assignSocket(wire as unknown as Socket);
  const finished = once(response, 'finish');
  app.listener(request, response);
  await finished;
  const [, text = ''] = String(wire.read()).split('\r\n\r\n');
  return { status: response.statusCode, text };
}

describe.each(frameworks)('$name: a request with parsed headers alone', (framework) => {
  it('is accepted with a good token', async () => {
    const headers = { authorization: `Bearer ${aUserToken()}` };
    const { status, text } = await invoke(protectedApp(framework), { headers });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ kind: 'user', userId: 'ada' });
  });

  it.each([
    ['a bad token', 'Bearer x.y.z', 401],
    ['another scheme', 'Basic YTpi', 401],
    ['two credentials that were joined', 'Bearer x.y.z, Bearer x.y.z', 400],
  ])(
    'is refused also with optional authentication when it has %s',
    async (_, authorization, expected) => {
      const app = protectedApp(framework, { optional: true });
      expect((await invoke(app, { headers: { authorization } })).status).toBe(expected);
      expect((await invoke(app, {})).status).toBe(200);
    },
  );

  it('gets a token from a mounted issuer', async () => {
    const { secret, hash } = generateClientSecret();
    const issuer = createIssuer({
      issuer: ISSUER,
      keys: [generateTestKey('ES256', 'key-1').privateJwk],
      clients: memoryClientStore([
        { clientId: 'nightly-sync', secretHashes: [hash], scopes: [], audiences: [AUDIENCE] },
      ]),
    });
    const app = framework.createApp(({ use }) => use(framework.kit.mount(issuer.handler)));
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${btoa(`nightly-sync:${secret}`)}`,
    };
    const body = 'grant_type=client_credentials';
    expect((await invoke(app, { method: 'POST', url: '/token', headers, body })).status).toBe(200);
  });
});
