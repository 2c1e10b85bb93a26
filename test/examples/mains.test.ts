import { type ListeningTestIssuer, testIssuer } from '@authly/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExample } from './child.ts';

let issuer: ListeningTestIssuer;

beforeAll(async () => {
  issuer = await testIssuer({ scopes: ['read:orders'] }).listen();
});

afterAll(() => issuer.close());

describe.each(['express-api', 'koa-api', 'nest-api'])(
  '%s, started with its own main.ts',
  (name) => {
    it('serves the machine client, logs it, and ends when told to', async () => {
      const { issuer: ISSUER, audience: AUDIENCE, client } = issuer;
      const api = runExample(name, { env: { ISSUER, AUDIENCE, PORT: '0' } });
      const [, port] = await api.printed(/port: (\d+)/);
      const machine = runExample('machine-client', {
        env: {
          ISSUER,
          CLIENT_ID: client.clientId,
          CLIENT_SECRET: client.clientSecret,
          API_RESOURCE: AUDIENCE,
          API_URL: `http://127.0.0.1:${port}`,
        },
      });
      const { exitCode, stdout } = await machine.ended;
      expect([exitCode, stdout]).toEqual([0, '200 []\n']);
      // Nest's own logging does not say who called.
      if (name !== 'nest-api') await api.printed(/^GET \/orders 200 client:/m);
      api.process.kill('SIGTERM');
      expect((await api.ended).exitCode).toBe(0);
    }, 30_000);

    it('names the setting that is missing', async () => {
      const { exitCode, stderr } = await runExample(name).ended;
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Set ISSUER');
    }, 30_000);
  },
);
