import { authly } from '@authly/core/providers';
import { authenticate, userOf } from '@authly/express';
import { compactJws, generateTestKey, testIssuer } from '@authly/testing';
import express from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { envoyRecipe } from '../counterparts/front-doors/envoy-recipe.ts';
import { createApp as withCookie } from './snippets/front-doors/cookie.ts';
import { createApp as withForwarded } from './snippets/front-doors/forwarded.ts';
import { createApp as withLoadBalancer } from './snippets/front-doors/load-balancer.ts';
import { createApp as withMiddleware } from './snippets/front-doors/middleware.ts';

const { issuer, jwks, aUserToken } = testIssuer({ audience: 'https://api.acme.com' });
const preset = authly({ issuer, jwks });
const token = aUserToken({ sub: 'u-17' });
const APP = 'https://app.acme.com';
const foreign = { error: 'forbidden' };
const me = { user: 'u-17' };

describe('a cookie, as docs/front-doors.md sets it up', () => {
  const api = supertest(withCookie(preset));

  it('is accepted from the listed origin, and the Authorization header from anywhere', async () => {
    const cookie = `__Host-at=${token}`;
    const post = () => api.post('/me').set('cookie', cookie);
    expect((await post().set('origin', APP)).body).toEqual(me);
    expect((await post().set('origin', 'https://evil.example')).body).toMatchObject(foreign);
    expect((await api.get('/me').set('cookie', cookie)).body).toEqual(me);
    expect((await api.post('/me').auth(token, { type: 'bearer' })).body).toEqual(me);
    expect((await post().set('origin', APP).auth(token, { type: 'bearer' })).status).toBe(400);
  });
});

describe('a forwarded token, as docs/front-doors.md sets it up', () => {
  const api = supertest(withForwarded(preset).callback());

  it('is read instead of the Authorization header', async () => {
    const post = () => api.post('/me').set('x-forwarded-access-token', token);
    // What oauth2-proxy may put there: an ID token.
    const beside = post().set('origin', APP).auth('an.id.token', { type: 'bearer' });
    expect((await beside).body).toEqual(me);
    expect((await post()).body).toMatchObject(foreign);
    expect((await api.get('/me').auth(token, { type: 'bearer' })).status).toBe(401);
  });
});

describe('middleware that writes the header, as docs/front-doors.md shows it', () => {
  const sessions = { tokenOf: (id: string | undefined) => (id === 'ada' ? token : undefined) };
  const api = supertest(withMiddleware(preset, sessions));

  it('is the only source of the caller', async () => {
    expect((await api.get('/me').set('x-session', 'ada')).body).toEqual(me);
    expect((await api.get('/me').auth(token, { type: 'bearer' })).status).toBe(401);
  });
});

describe('the Application Load Balancer, as docs/front-doors.md sets it up', () => {
  const api = supertest(withLoadBalancer(preset).callback());
  const key = generateTestKey('ES256', 'lb');

  it('hands on the access token', async () => {
    const get = api.get('/me').set('x-amzn-oidc-accesstoken', token);
    expect((await get).body).toEqual(me);
    expect((await api.get('/me').auth(token, { type: 'bearer' })).status).toBe(401);
  });

  it('sends a JWT of its own that is not accepted as a token, with or without padding', async () => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    // The members that aws-jwt-verify looks for, and those that AWS documents beside them.
    const header = {
      typ: 'JWT',
      alg: 'ES256',
      kid: 'lb',
      signer: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/x/1',
      iss: issuer,
      client: 'front-door',
      exp,
    };
    const data = compactJws(header, { sub: 'u-17', iss: issuer, exp }, key);
    const padded = data
      .split('.')
      .map((part) => part.padEnd(Math.ceil(part.length / 4) * 4, '='))
      .join('.');
    for (const statement of [data, padded]) {
      expect((await api.get('/me').set('x-amzn-oidc-accesstoken', statement)).status).toBe(401);
      expect((await api.get('/me').set('x-amzn-oidc-data', statement)).status).toBe(401);
    }
  });
});

describe('the filters that docs/front-doors.md writes for Envoy', () => {
  it.each(['jwt_authn', 'oauth2', 'ext_authz'] as const)(
    'can be run as `npx pnpm counterpart envoy` runs them: %s',
    (filter) => {
      const text = envoyRecipe({
        ...{ filter, issuer: 'http://127.0.0.1:1', door: 'http://127.0.0.1:2' },
        asked: { origin: 'http://127.0.0.1:3', cluster: 'proxy' },
      });
      // The remaining address of the examples is that of the application.
      expect(text.replace('app.acme.com', '')).not.toMatch(/acme\.com|127\.0\.0\.1:4180/);
      expect(text).toMatch(/http:\/\/127\.0\.0\.1:[13]/);
    },
  );

  it('refuse what pages of other sites send, where a cookie stands for the person', () => {
    const parts = { issuer: '', door: '', asked: { origin: '', cluster: '' } };
    const oauth2 = envoyRecipe({ filter: 'oauth2', ...parts });
    expect(oauth2.indexOf('envoy.filters.http.csrf')).toBeLessThan(oauth2.indexOf('http.oauth2'));
    expect(oauth2).toContain('envoy.filters.http.csrf');
  });
});

describe('headers that are text', () => {
  const app = express();
  app.use(authenticate({ issuer: preset, audience: 'https://api.acme.com' }));
  app.get('/me', (request, response) => {
    response.json({ user: userOf(request).userId });
  });
  const api = supertest(app);
  const payload = Buffer.from(JSON.stringify({ sub: 'root' })).toString('base64url');

  it.each([
    ['x-forwarded-user', 'root'],
    ['x-forwarded-access-token', token],
    ['x-auth-request-user', 'root'],
    ['x-auth-request-email', 'root@acme.com'],
    ['x-jwt-payload', payload],
    ['x-forwarded-client-cert', 'URI=spiffe://acme.com/root'],
    ['x-amzn-oidc-identity', 'root'],
    ['x-amzn-oidc-data', token],
    ['x-goog-authenticated-user-email', 'accounts.google.com:root@acme.com'],
    ['x-goog-iap-jwt-assertion', token],
    ['cf-access-jwt-assertion', token],
    ['x-ms-client-principal', payload],
  ])('let nobody in, and change nobody: %s', async (header, value) => {
    expect((await api.get('/me').set(header, value)).status).toBe(401);
    const beside = api.get('/me').set(header, value).auth(token, { type: 'bearer' });
    expect((await beside).body).toEqual(me);
  });
});

describe('front doors that make statements, as docs/front-doors.md sets them up', () => {
  const key = generateTestKey('ES256', 'door');
  const rsa = generateTestKey('RS256', 'door-rsa');
  const asked: string[] = [];

  beforeAll(() => {
    vi.stubGlobal('fetch', async (input: string | URL | Request) => {
      asked.push(String(input instanceof Request ? input.url : input));
      return Response.json({ keys: [key.publicJwk, rsa.publicJwk] });
    });
  });

  afterAll(() => {
    vi.unstubAllGlobals();
  });

  const times = () => ({
    iat: Math.floor(Date.now() / 1000) - 5,
    exp: Math.floor(Date.now() / 1000) + 60,
  });

  it('Google IAP: people, and service accounts, of this service', async () => {
    const { createApp } = await import('./snippets/front-doors/google-iap.ts');
    const api = supertest(createApp());
    const person = {
      iss: 'https://cloud.google.com/iap',
      aud: '/projects/123456789012/global/backendServices/4567890123456789012',
      sub: 'accounts.google.com:112358',
      email: 'ada@acme.com',
      hd: 'acme.com',
      ...times(),
    };
    const outcome = async (claims: object) => {
      const statement = compactJws(
        { alg: 'ES256', kid: 'door', typ: 'JWT' },
        { ...person, ...claims },
        key,
      );
      const { body, status } = await api.get('/me').set('x-goog-iap-jwt-assertion', statement);
      return status === 200 ? body.key : status;
    };
    const prefix = encodeURIComponent(person.iss);
    expect(await outcome({})).toBe(`user:${prefix}:accounts.google.com%3A112358`);
    const robot = 'nightly@acme-prod.iam.gserviceaccount.com';
    expect(await outcome({ email: robot })).toBe(`client:${prefix}:${encodeURIComponent(robot)}`);
    expect(asked).toContain('https://www.gstatic.com/iap/verify/public_key-jwk');
    for (const change of [
      { aud: '/projects/123456789012/apps/other' },
      { iss: 'https://accounts.google.com' },
      { sub: 'securetoken.google.com/acme:112358' },
      { sub: 'sts.google.com:112358' },
      { email: undefined },
      { exp: person.iat - 600 },
    ]) {
      expect([change, await outcome(change)]).toEqual([change, 401]);
    }
    const by = compactJws({ alg: 'RS256', kid: 'door-rsa', typ: 'JWT' }, person, rsa);
    expect((await api.get('/me').set('x-goog-iap-jwt-assertion', by)).status).toBe(401);
  });

  it('Cloudflare Access: people, and service tokens, of this application', async () => {
    const { createApp } = await import('./snippets/front-doors/cloudflare-access.ts');
    const api = supertest(createApp());
    const common = {
      iss: 'https://acme.cloudflareaccess.com',
      aud: ['32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228'],
      type: 'app',
      ...times(),
    };
    const person = { ...common, sub: '7335d417', email: 'ada@acme.com' };
    const machine = {
      ...common,
      sub: '',
      common_name: 'e367826f93b8d71185e03fe518aff3b4.access',
    };
    const send = (header: string, claims: Readonly<Record<string, unknown>>) =>
      api.get('/me').set(header, compactJws({ alg: 'RS256', kid: 'door-rsa' }, claims, rsa));
    const prefix = encodeURIComponent(common.iss);
    const header = 'cf-access-jwt-assertion';
    expect((await send(header, person)).body.key).toBe(`user:${prefix}:7335d417`);
    expect((await send(header, machine)).body.key).toBe(`client:${prefix}:${machine.common_name}`);
    expect(asked).toContain('https://acme.cloudflareaccess.com/cdn-cgi/access/certs');
    expect((await send(header, { ...person, aud: ['another'] })).status).toBe(401);
    expect((await send(header, { ...person, type: 'org' })).status).toBe(401);
    expect((await send('authorization', person)).status).toBe(401);
  });
});
