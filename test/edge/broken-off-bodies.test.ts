import { connect } from 'node:net';
import {
  createIssuer,
  generateClientSecret,
  type IssuerEvent,
  memoryClientStore,
} from '@authly/issuer';
import { generateTestKey } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { listen } from '../support/requests.ts';
import { AUDIENCE, ISSUER } from '../support/tokens.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

describe.each(frameworks)('$name: an issuer whose client breaks off', (framework) => {
  it.each([
    ['a body of a stated length', 'content-length: 100\r\n\r\ngrant_type='],
    ['a body in chunks', 'transfer-encoding: chunked\r\n\r\n5\r\ngrant\r\n'],
  ])('in %s refuses it, and serves the next one', async (_, rest) => {
    const { secret, hash } = generateClientSecret();
    const events: IssuerEvent[] = [];
    let noticed = (): void => {};
    const refused = new Promise<void>((resolve) => {
      noticed = resolve;
    });
    const issuer = createIssuer({
      issuer: ISSUER,
      keys: [generateTestKey('ES256', 'key-1').privateJwk],
      clients: memoryClientStore([
        { clientId: 'nightly-sync', secretHashes: [hash], scopes: [], audiences: [AUDIENCE] },
      ]),
      onEvent: (event) => {
        events.push(event);
        noticed();
      },
    });
    const server = await listen(
      framework.createApp(({ use }) => use(framework.kit.mount(issuer.handler))).listener,
    );
    try {
      const { hostname, port } = new URL(server.origin);
      const socket = connect(Number(port), hostname);
      const head = `POST /token HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM_TYPE}\r\n`;
      // What was written is read before the end: the request has begun when it breaks off.
      socket.end(`${head}${rest}`);
      await refused;
      expect(events).toEqual([
        { type: 'token.refused', code: 'invalid_request', reason: 'body_malformed' },
      ]);
      const response = await fetch(`${server.origin}/token`, {
        method: 'POST',
        headers: {
          'content-type': FORM_TYPE,
          authorization: `Basic ${btoa(`nightly-sync:${secret}`)}`,
        },
        body: 'grant_type=client_credentials',
      });
      expect(response.status).toBe(200);
      socket.destroy();
    } finally {
      server.close();
    }
  });
});
