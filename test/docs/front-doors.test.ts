import { authly } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { createApp as withCookie } from './snippets/front-doors/cookie.ts';
import { createApp as withForwarded } from './snippets/front-doors/forwarded.ts';
import { createApp as withMiddleware } from './snippets/front-doors/middleware.ts';

const { issuer, jwks, aUserToken } = testIssuer({ audience: 'https://api.acme.com' });
const preset = authly({ issuer, jwks });
const token = aUserToken({ sub: 'u-17' });
const APP = 'https://app.acme.com';
const foreign = { error: 'forbidden' };
const me = { user: 'u-17' };

describe('a cookie, as docs/front-doors.md sets it up', () => {
  const api = supertest(withCookie(preset));

  it('lets its holder in from the listed origin, and the Authorization header from anywhere', async () => {
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

  it('is read in the place of the Authorization header', async () => {
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

  it('decides alone who is calling', async () => {
    expect((await api.get('/me').set('x-session', 'ada')).body).toEqual(me);
    expect((await api.get('/me').auth(token, { type: 'bearer' })).status).toBe(401);
  });
});
