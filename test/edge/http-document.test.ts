import { readFileSync } from 'node:fs';
import { authly } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import { validate } from '@readme/openapi-parser';
import Koa from 'koa';
import supertest from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { parseChallenges } from './challenge-parser.ts';
import * as expressExample from './examples/express.ts';
import * as koaExample from './examples/koa.ts';

const ROOT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/http.md', ROOT), 'utf8');

const { issuer, jwks, aUserToken, aClientToken } = testIssuer({ audience: 'https://api.acme.com' });
const preset = authly({ issuer, jwks });

function unindented(code: string): string {
  return code.replace(/^[ ]+/gm, '');
}

describe('docs/http.md', () => {
  const blocks = [...text.matchAll(/(?:<!-- (\S+) -->\n)?```ts\n([\s\S]*?)```/g)].map(
    ([, file = '(no file named)', code = '']) => ({ file, code }),
  );

  it.each(blocks)('has only code that is in the file that it names: $file', (block) => {
    const file = readFileSync(new URL(block.file, ROOT), 'utf8');
    expect(unindented(file)).toContain(unindented(block.code));
  });

  it('shows the challenges that the example sends', async () => {
    const shown = [...text.matchAll(/^WWW-Authenticate: (.+(?:\n {2}.+)*)$/gm)].map(([, value]) =>
      (value ?? '').replace(/\n */g, ' '),
    );
    const api = supertest(expressExample.createApp(preset));
    const send = async (token?: string) => {
      const request = api.post('/v1/orders');
      const response = await (token ? request.auth(token, { type: 'bearer' }) : request);
      return response.headers['www-authenticate'];
    };
    expect(shown).toEqual([
      await send(),
      await send(aUserToken({ scope: 'read:orders' }, { expiresInSec: -60 })),
      await send(aUserToken({ scope: 'read:orders' })),
    ]);
    for (const challenge of shown) expect(parseChallenges(challenge)).toHaveLength(1);
  });
});

describe('the example for Express', () => {
  const api = supertest(expressExample.createApp(preset));

  it('serves the metadata that the page shows', async () => {
    const path = '/.well-known/oauth-protected-resource/v1';
    const { body } = await api.get(path);
    expect(body).toMatchObject({
      resource: 'https://api.acme.com/v1',
      scopes_supported: ['read:orders', 'write:orders'],
      resource_name: 'Orders',
    });
    const shown = /```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    expect({ ...body, authorization_servers: ['https://auth.acme.com'] }).toEqual(
      JSON.parse(shown),
    );
  });

  it('serves an OpenAPI document that says what it does', async () => {
    const { body } = await api.get('/openapi.json');
    expect(await validate(structuredClone(body))).toMatchObject({ valid: true });
    expect(body.paths['/v1/orders'].get.security).toEqual([{ bearer: ['read:orders'] }]);
    expect(body.paths['/v1/orders'].post['x-requirements']).toEqual(['scope write:orders', 'user']);
    const reader = aClientToken({ scope: 'read:orders' });
    expect((await api.get('/v1/orders').auth(reader, { type: 'bearer' })).status).toBe(200);
    const writer = aUserToken({ sub: 'u-17', scope: 'write:orders' });
    const response = await api.post('/v1/orders').auth(writer, { type: 'bearer' });
    expect([response.status, response.body]).toEqual([201, { by: 'u-17' }]);
  });
});

it('the example for Koa lists its routes, and does what it says', async () => {
  const emit = vi.spyOn(Koa.prototype, 'emit');
  const app = koaExample.createApp(preset);
  const lines = emit.mock.calls.flatMap(([event, line]) => (event === 'route' ? [line] : []));
  emit.mockRestore();
  expect(lines).toEqual([
    'GET | /orders | scope read:orders',
    'POST | /orders | scope read:orders, scope write:orders, user',
  ]);
  const shown = /```\n(GET \| [\s\S]*?)\n```/.exec(text)?.[1];
  expect(lines.join('\n')).toBe(shown);
  const api = supertest(app.callback());
  const token = aUserToken({ sub: 'u-17', scope: 'read:orders write:orders' });
  const { status, body } = await api.post('/orders').auth(token, { type: 'bearer' });
  expect([status, body]).toEqual([201, { by: 'u-17' }]);
});
