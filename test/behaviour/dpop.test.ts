import { DPOP_CORS, fromCookie } from '@authly/core';
import * as expressKit from '@authly/express';
import * as koaKit from '@authly/koa';
import express from 'express';
import Koa from 'koa';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { aBoundToken, boundHeaders } from '../support/bound.ts';
import { frameworks, type Routes } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aUserToken } from '../support/tokens.ts';

const ALGS = 'algs="ES256 Ed25519 EdDSA PS256 RS256"';

describe.each(frameworks)('$name: bound tokens', (framework) => {
  it.each(['when-bound', 'required'] as const)(
    'are accepted with their proof: %s',
    async (dpop) => {
      const app = protectedApp(framework, { server: aResourceServer({ dpop }) });
      const { status, body, headers } = await send(app, { headers: boundHeaders() });
      expect(status).toBe(200);
      expect(body).toMatchObject({ kind: 'user', userId: 'ada' });
      expect(headers['dpop-nonce']).toBeUndefined();
    },
  );

  it('are accepted once with one proof', async () => {
    const app = protectedApp(framework, { server: aResourceServer({ dpop: 'when-bound' }) });
    const headers = boundHeaders();
    expect((await send(app, { headers })).status).toBe(200);
    const again = await send(app, { headers });
    expect(again.status).toBe(401);
    expect(again.body).toMatchObject({ error: 'invalid_dpop_proof' });
    expect(again.headers['www-authenticate']).toBe(
      `Bearer realm="api", DPoP realm="api", error="invalid_dpop_proof", error_description="The DPoP proof was used before", ${ALGS}`,
    );
  });

  it('are refused as Bearer: in the Bearer challenge, and with required only in the DPoP challenge', async () => {
    const token = aBoundToken();
    const lenient = protectedApp(framework, { server: aResourceServer({ dpop: 'when-bound' }) });
    const strict = protectedApp(framework, { server: aResourceServer({ dpop: 'required' }) });
    const [one, two] = [await send(lenient, { token }), await send(strict, { token })];
    expect([one.status, two.status]).toEqual([401, 401]);
    expect(one.headers['www-authenticate']).toMatch(
      new RegExp(`^Bearer realm="api", error="invalid_token", [^,]*, DPoP realm="api", ${ALGS}$`),
    );
    expect(two.headers['www-authenticate']).toMatch(
      /^DPoP realm="api", error="invalid_token", [^=]*="This resource accepts only access tokens that are bound/,
    );
  });

  it('do not change how other tokens are accepted, unless binding is required', async () => {
    const token = aUserToken();
    const lenient = protectedApp(framework, { server: aResourceServer({ dpop: 'when-bound' }) });
    const strict = protectedApp(framework, { server: aResourceServer({ dpop: 'required' }) });
    expect((await send(lenient, { token })).status).toBe(200);
    expect((await send(strict, { token })).body).toMatchObject({ error: 'invalid_token' });
  });

  it('need a proof for the whole path, also below routers and mounted apps, nested twice', async () => {
    const server = aResourceServer({ dpop: 'when-bound' });
    const inner = (routes: Routes) => {
      routes.use(framework.authenticate(server));
      routes.route('/orders', () => 'in');
    };
    const app = framework.createApp(({ app: mounted, router }) => {
      mounted('/v1', (outer) => outer.app('/eu', inner));
      router('/v2', (outer) => outer.router('/eu', inner));
    });
    for (const path of ['/v1/eu/orders', '/v2/eu/orders']) {
      const at = (url: string) => boundHeaders(aBoundToken(), { url: AUDIENCE + url });
      expect((await send(app, { path, headers: at(path) })).status).toBe(200);
      for (const wrong of ['/orders', '/eu/orders', '/']) {
        expect((await send(app, { path, headers: at(wrong) })).body).toMatchObject({
          error: 'invalid_dpop_proof',
        });
      }
    }
  });

  it('are accepted in the Authorization header if a cookie may have a token, and never in the cookie', async () => {
    const credentials = fromCookie('__Host-at', { origins: ['same-origin'] });
    const server = aResourceServer({ dpop: 'when-bound' });
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(server, { credentials }));
      route('/', () => 'in');
    });
    expect((await send(app, { headers: boundHeaders() })).status).toBe(200);
    const token = aBoundToken();
    const { dpop } = boundHeaders(token);
    const inCookie = await send(app, { headers: { cookie: `__Host-at=${token}`, dpop } });
    expect(inCookie.body).toMatchObject({ error: 'invalid_token' });
  });

  it('are published in the metadata as accepted, or as required', async () => {
    for (const [dpop, members] of [
      [
        'when-bound',
        { dpop_bound_access_tokens_required: false, bearer_methods_supported: ['header'] },
      ],
      ['required', { dpop_bound_access_tokens_required: true, bearer_methods_supported: [] }],
    ] as const) {
      const server = aResourceServer({ dpop });
      const app = framework.createApp(({ use }) => {
        use(framework.kit.protectedResourceMetadata(server));
      });
      const { body } = await send(app, { path: '/.well-known/oauth-protected-resource' });
      expect(body).toMatchObject({
        ...members,
        dpop_signing_alg_values_supported: ['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'],
      });
    }
  });
});

it('need a proof for the method on the request line, behind method-override middleware of Express', async () => {
  const app = express();
  app.use((request, _response, next) => {
    // As the package method-override does.
    Object.assign(request, { originalMethod: request.method, method: 'DELETE' });
    next();
  });
  app.use(expressKit.authenticate(aResourceServer({ dpop: 'when-bound' })));
  app.delete('/', (_request, response) => void response.json('deleted'));
  const subject = { listener: app, faults: [] };
  const post = (method: string) =>
    send(subject, { method: 'post', headers: boundHeaders(aBoundToken(), { method }) });
  expect((await post('DELETE')).body).toMatchObject({ error: 'invalid_dpop_proof' });
  expect((await post('POST')).status).toBe(200);
});

it('need an origin for a cookie if method-override middleware of Express changes a GET', async () => {
  const app = express();
  app.use((request, _response, next) => {
    Object.assign(request, { originalMethod: request.method, method: 'DELETE' });
    next();
  });
  const credentials = fromCookie('__Host-at', { origins: ['https://app.example.com'] });
  app.use(expressKit.authenticate(aResourceServer({ dpop: 'when-bound' }), { credentials }));
  app.delete('/', (_request, response) => void response.json('deleted'));
  const get = (headers: Readonly<Record<string, string>>) =>
    send(
      { listener: app, faults: [] },
      { headers: { cookie: `__Host-at=${aUserToken()}`, ...headers } },
    );
  expect(await get({ origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  expect(await get({})).toMatchObject({ status: 403 });
  expect(await get({ origin: 'https://app.example.com' })).toMatchObject({ status: 200 });
});

describe('a CORS layer with DPOP_CORS before authenticate', () => {
  const allow = DPOP_CORS.allowedHeaders.join(', ');
  const expose = DPOP_CORS.exposedHeaders.join(', ');

  const onExpress = express();
  onExpress.use((request, response, next) => {
    response.set({
      'Access-Control-Allow-Origin': 'https://app.example.com',
      'Access-Control-Expose-Headers': expose,
    });
    if (request.method !== 'OPTIONS') return next();
    response.set('Access-Control-Allow-Headers', allow).sendStatus(204);
  });
  onExpress.use(expressKit.authenticate(aResourceServer({ dpop: 'required' })));

  const onKoa = new Koa();
  onKoa.use((context, next) => {
    context.set({
      'Access-Control-Allow-Origin': 'https://app.example.com',
      'Access-Control-Expose-Headers': expose,
    });
    if (context.method !== 'OPTIONS') return next();
    context.set('Access-Control-Allow-Headers', allow);
    context.status = 204;
    return undefined;
  });
  onKoa.use(koaKit.authenticate(aResourceServer({ dpop: 'required' })));

  it.each([
    ['Express', onExpress],
    ['Koa', onKoa.callback()],
  ])('lets browsers send a proof, and read what is wrong with it: %s', async (_name, listener) => {
    const app = { listener, faults: [] };
    const preflight = await send(app, { method: 'options' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toBe('Authorization, DPoP');
    const refused = await send(app);
    expect(refused.status).toBe(401);
    expect(refused.headers['access-control-expose-headers']).toBe('WWW-Authenticate, DPoP-Nonce');
  });
});
