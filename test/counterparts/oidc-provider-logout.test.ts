import { type AuthEvent, createResourceServer, memoryRevocations } from '@authly/core';
import { oidcProvider } from '@authly/core/providers';
import { backChannelLogout } from '@authly/signals';
import * as client from 'openid-client';
import { afterEach, describe, expect, it } from 'vitest';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { listen } from '../support/requests.ts';
import { clientToken, createProvider } from './oidc-provider.ts';
import { API, oidcProviderConfiguration, WEB_APP } from './oidc-provider-configuration.ts';
import { aBrowser } from './sign-in.ts';

// From the user's click on "sign out" at the server to the access token that the API refuses, over HTTP.

const running: (() => void)[] = [];
afterEach(() => {
  for (const close of running.splice(0)) close();
});

describe.each(frameworks)(
  'an API in $name that gets logout tokens of oidc-provider',
  (framework) => {
    it('refuses the tokens of the session that has ended, and of no other session', async () => {
      const { signedIn, get, events } = await aWorld(framework, { sid: true });
      const ended = await signedIn();
      const other = await signedIn();
      expect([await get(ended.accessToken), await get(other.accessToken)]).toEqual([200, 200]);
      await ended.signOut();
      expect([await get(ended.accessToken), await get(other.accessToken)]).toEqual([401, 200]);
      expect(events).toMatchObject([
        { type: 'signal.accepted', source: 'logout', event: 'logout', marks: ['session'] },
      ]);
    });

    it('refuses all tokens of the user if access tokens name no session', async () => {
      const { signedIn, get, events, machineToken } = await aWorld(framework, { sid: false });
      const ended = await signedIn();
      const other = await signedIn();
      const machine = await machineToken();
      await ended.signOut();
      expect([await get(ended.accessToken), await get(other.accessToken)]).toEqual([401, 401]);
      expect(await get(machine)).toBe(200);
      expect(events).toMatchObject([{ type: 'signal.accepted', marks: ['subject'] }]);
    });

    it('lets the server see that a logout failed while the store is down', async () => {
      const { signedIn, get, events, failing, outcomes } = await aWorld(framework, { sid: true });
      const ended = await signedIn();
      failing.isDown = true;
      await ended.signOut();
      expect(outcomes).toEqual([expect.stringContaining('got: 400')]);
      expect(await get(ended.accessToken)).toBe(200);
      expect(events).toMatchObject([
        { type: 'store.failed', store: 'revocation' },
        { type: 'signal.refused', reason: 'store_unavailable' },
      ]);
    });
  },
);

/** A server, an API that it tells of logouts, and a web application with users. */
async function aWorld(framework: Framework, { sid }: { readonly sid: boolean }) {
  const server = await listen();
  const api = await listen();
  running.push(server.close, api.close);
  const provider = await createProvider(
    server.origin,
    oidcProviderConfiguration({
      pages: true,
      logout: { uri: `${api.origin}/logout`, sid },
    }),
  );
  server.serve(provider.callback());
  const outcomes: string[] = [];
  provider.on('backchannel.success', () => outcomes.push('success'));
  provider.on('backchannel.error', (_context, error) => outcomes.push(error.message));

  const revocations = memoryRevocations();
  const failing = { isDown: false };
  const issuer = oidcProvider({ issuer: server.origin, kindClaim: 'sub_type' });
  const events: AuthEvent[] = [];
  const logout = backChannelLogout({
    issuer,
    clientId: WEB_APP.id,
    revocations: {
      ...revocations,
      revokeSession: (...args) =>
        failing.isDown ? Promise.reject(new Error('down')) : revocations.revokeSession(...args),
    },
    // The server puts it in where the test says so; by itself it does not.
    ...(sid && { sidInAccessTokens: true }),
    onEvent: (event) => {
      if (!event.type.startsWith('keys.')) events.push(event);
    },
  });
  const resourceServer = createResourceServer({
    issuer,
    audience: API,
    revocation: { store: revocations },
  });
  running.push(
    () => logout.close(),
    () => resourceServer.close(),
  );
  const app = framework.createApp((routes) => {
    routes.app('/logout', ({ use }) => use(framework.kit.mount(logout)));
    routes.use(framework.authenticate(resourceServer));
    routes.route('/me', () => 'ok');
  });
  api.serve(app.listener);

  const configuration = await client.discovery(
    new URL(server.origin),
    WEB_APP.id,
    WEB_APP.secret,
    undefined,
    { execute: [client.allowInsecureRequests] },
  );

  /** Signs `ada` in, in a browser of her own. */
  async function signedIn() {
    const browser = aBrowser();
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const start = client.buildAuthorizationUrl(configuration, {
      redirect_uri: WEB_APP.redirectUri,
      scope: 'openid read:users',
      resource: API,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const fields = { login: 'ada', password: 'any' };
    const back = await browser.visit({ start, redirectUri: WEB_APP.redirectUri, fields });
    const tokens = await client.authorizationCodeGrant(
      configuration,
      back,
      { pkceCodeVerifier, idTokenExpected: true },
      { resource: API },
    );
    return {
      accessToken: tokens.access_token,
      async signOut() {
        const goodbye = client.buildEndSessionUrl(configuration, {
          id_token_hint: tokens.id_token ?? '',
          post_logout_redirect_uri: WEB_APP.goodbyeUri,
        });
        await browser.visit({ start: goodbye, redirectUri: WEB_APP.goodbyeUri, fields: {} });
        expect(outcomes).toHaveLength(1);
      },
    };
  }

  async function get(token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${api.origin}/me`, { headers })).status;
  }

  const machineToken = () => clientToken(server.origin, { resource: API });
  return { signedIn, get, events, failing, outcomes, machineToken };
}
