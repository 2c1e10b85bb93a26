import { readFileSync } from 'node:fs';
import supertest from 'supertest';
import { expect, it } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';
import { createApp } from './snippets/typescript-and-tests/error-handler.ts';
import { callers, kid, left, signedByNewKey } from './snippets/typescript-and-tests/like.ts';
import { seen } from './snippets/typescript-and-tests/with-principal.ts';

// Of a program of its own, which declares another `req.principal`: it is compiled apart.
const OWN: string = './snippets/typescript-and-tests/own-request-principal.ts';

it('an error handler answers with the status and the headers of a refusal', async () => {
  const response = await supertest(createApp(aResourceServer())).get('/');
  expect(response.status).toBe(401);
  expect(response.headers['www-authenticate']).toContain('Bearer realm="api"');
  expect(response.body).toMatchObject({ error: 'missing_credentials' });
});

it('a handler sees the principal of the test', () => {
  expect(seen).toBe('u-17');
});

it("an application has its own req.principal beside Authly's caller", async () => {
  const { createApp: createOwn } = await import(OWN);
  const api = supertest(createOwn(aResourceServer()));
  const { body } = await api.get('/').auth(aUserToken({ sub: 'ada' }), { type: 'bearer' });
  expect(body).toEqual({ tenant: 'none', caller: expect.stringMatching(/^user:.*:ada$/) });
});

it('a test issuer that is like a provider serves the preset of production', () => {
  expect(callers.map((caller) => caller.kind)).toEqual(['user', 'client']);
  const [header = ''] = signedByNewKey.split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid });
  expect(left).toHaveLength(1);
  expect(left).not.toContain(kid);
});

it('the settings of Babel are those with which Jest is run (`npx pnpm check:consumers`)', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const [presets = 'none'] = /presets: \[\[.*\]\]/.exec(read('docs/typescript-and-tests.md')) ?? [];
  expect(read('test/consumers/applications/babel.config.cjs')).toContain(presets);
});
