import { authly } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { createApp } from './snippets/callers/routes.ts';
import { disjoint, people } from './snippets/callers/rules.ts';
import { read } from './snippets/callers/server.ts';

const { issuer, jwks, audience, aUserToken, aClientToken } = testIssuer();
const owners = [`user:${encodeURIComponent(issuer)}:u-17`, 'client:elsewhere:u-17'];
const app = createApp(
  authly({ issuer, jwks }),
  audience,
  owners.map((owner) => ({ owner })),
);

const now = () => Math.floor(Date.now() / 1000);
const user = aUserToken({ sub: 'u-17' });
const machine = aClientToken({ client_id: 'nightly-sync' });
const through = (sub: string) => aUserToken({ sub: 'u-17', act: { sub } });
const signedIn = (secondsAgo: number, acr?: string) =>
  aUserToken({ sub: 'u-17', auth_time: now() - secondsAgo, ...(acr && { acr }) });
const details = (detail: object) =>
  aUserToken({ authorization_details: [{ type: 'payment_initiation', ...detail }] });

describe('the routes of docs/callers.md', () => {
  it.each([
    ['/orders', user, [{ owner: owners[0] }]],
    ['/orders', aClientToken({ client_id: 'u-17' }), []],
    ['/whoami', user, { user: 'u-17', app: 'web-app' }],
    ['/whoami', machine, { service: 'nightly-sync' }],
    ['/profile', user, { profileOf: 'u-17' }],
  ])('GET %s answers by who asks', async (path, token, body) => {
    const answer = await supertest(app).get(path).auth(token, { type: 'bearer' }).expect(200);
    expect(answer.body).toEqual(body);
  });

  it.each([
    ['GET', '/profile', 'a machine', machine, 403],
    ['POST', '/import', 'the listed machine', machine, 200],
    ['POST', '/import', 'another machine', aClientToken({ client_id: 'other' }), 403],
    [
      'POST',
      '/import',
      'a user through that client',
      aUserToken({ client_id: 'nightly-sync' }),
      403,
    ],
    ['DELETE', '/account', 'the user', user, 204],
    ['DELETE', '/account', 'an agent', through('shopping-agent'), 403],
    ['POST', '/orders', 'the user', user, 204],
    ['POST', '/orders', 'the listed agent', through('shopping-agent'), 204],
    ['POST', '/orders', 'another agent', through('other-agent'), 403],
    ['POST', '/drafts', 'the user', user, 403],
    ['POST', '/drafts', 'the listed agent', through('shopping-agent'), 200],
    [
      'POST',
      '/drafts',
      'the agent for a machine',
      aClientToken({ act: { sub: 'shopping-agent' } }),
      403,
    ],
    ['POST', '/payments', 'a strong sign-in just now', signedIn(1, 'phr'), 204],
    ['POST', '/payments', 'a weak sign-in just now', signedIn(1, 'pwd'), 401],
    ['POST', '/payments', 'a strong sign-in long ago', signedIn(999, 'phr'), 401],
    ['POST', '/payments', 'a machine', machine, 403],
    ['GET', '/report', 'a machine', machine, 204],
    ['GET', '/report', 'a user who signed in yesterday', signedIn(86_400), 401],
    ['POST', '/transfers', 'the detail', details({ currency: 'EUR', limit: 100 }), 204],
    ['POST', '/transfers', 'a smaller one', details({ currency: 'EUR', limit: 99 }), 403],
    ['POST', '/transfers', 'none', user, 403],
    ['GET', '/export', 'the plan', aUserToken({ plan: 'pro' }), 204],
    ['GET', '/export', 'no plan', user, 403],
  ] as const)('%s %s by %s: %s', async (method, path, _, token, status) => {
    const api = supertest(app);
    const request = { GET: api.get, POST: api.post, DELETE: api.delete }[method](path);
    expect((await request.auth(token, { type: 'bearer' })).status).toBe(status);
  });
});

const ORGANIZATION = 'urn:zitadel:iam:user:resourceowner:id';
const ours = { [ORGANIZATION]: '301870000009' };

describe('the rules of docs/callers.md', () => {
  it.each([
    [
      { ...ours, sub: '1', client_id: 'login', caller_type: 'human' },
      { kind: 'user', userId: '1' },
    ],
    [
      { ...ours, sub: '2', client_id: 'sync', caller_type: 'machine' },
      { kind: 'client', clientId: '2' },
    ],
    [{ ...ours, client_id: 'sync', caller_type: 'machine' }, { kind: 'unknown' }],
    [{ ...ours, sub: '3', client_id: 'login' }, { kind: 'unknown' }],
    [{ sub: '4', client_id: 'login', caller_type: 'human' }, { kind: 'unknown' }],
    [
      { [ORGANIZATION]: '309', sub: '5', client_id: 'login', caller_type: 'human' },
      { kind: 'unknown' },
    ],
  ])('read %j by the claim that was added', (claims, expected) => {
    expect(people.classify(claims, {})).toMatchObject(expected);
  });

  it.each([
    [{ sub: 'ada', client_id: 'web' }, 'user'],
    [{ sub: 'sync', client_id: 'sync' }, 'client'],
    [{ sub: 'web', client_id: 'web', auth_time: 1 }, 'unknown'],
    [{ sub: 'ada' }, 'unknown'],
  ])('read %j as the operator states', (claims, kind) => {
    expect(disjoint.classify(claims, {}).kind).toBe(kind);
  });
});

it('the server of docs/callers.md names its issuer, types the claims and explains a token', async () => {
  const own = testIssuer({ issuer: 'https://auth.acme.com', audience: 'https://api.acme.com' });
  const { key, lines, plan } = await read(own.jwks, own.aUserToken({ sub: 'u-17', plan: 'pro' }));
  expect(key).toBe('user:acme:u-17');
  expect(plan).toBe('pro');
  expect(lines).toContain('principal: pass');
  expect(lines).toContain('rule: sub_type is user');
  expect(lines.at(-1)).toContain('"aud":"https://api.acme.com"');
  expect(lines.at(-1)).toContain('"sub":"[hidden string]"');
  const other = own.aUserToken({ sub: 'u-17', plan: 'gold' });
  await expect(read(own.jwks, other)).rejects.toMatchObject({ reason: 'claims_rejected' });
});
