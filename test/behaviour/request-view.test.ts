import type { RequestView } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

describe.each(frameworks)('what a resource server sees of a request in $name', (framework) => {
  it('is the request itself, the address of the connection, and a response to set headers on', async () => {
    const carriers: object[] = [];
    const views: RequestView[] = [];
    const server = aResourceServer();
    const watched = {
      ...server,
      authenticate: (view: RequestView) => {
        views.push(view);
        view.setResponseHeader?.('dpop-nonce', 'a-nonce');
        return server.authenticate(view);
      },
    };
    const app = framework.createApp(
      ({ use, router }) => {
        use(framework.authenticate(watched));
        router('/inner', ({ route }) =>
          route('/users', ({ carrier }) => {
            carriers.push(carrier);
            return {};
          }),
        );
      },
      { trustProxy: true },
    );
    const headers = { 'x-forwarded-for': '192.0.2.9' };
    const response = await send(app, { path: '/inner/users?a', token: aUserToken(), headers });
    expect(response.status).toBe(200);
    expect(response.headers['dpop-nonce']).toBe('a-nonce');
    const [view] = views;
    expect(view?.url).toBe('/inner/users?a');
    expect(view?.identity).toBe(carriers[0]);
    expect(view?.peerAddress).toMatch(/^(?:::ffff:)?127\.0\.0\.1$/);
    expect(view?.peerCertificate?.()).toBeUndefined();
  });
});
