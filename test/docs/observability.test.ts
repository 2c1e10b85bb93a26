import { readFileSync } from 'node:fs';
import { authly } from '@authly/core/providers';
import { tampered, testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { createApp } from './snippets/observability/context.ts';
import { createLogger, createServer } from './snippets/observability/pino.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { issuer, jwks, audience, aUserToken } = testIssuer({ audience: 'https://api.acme.com' });

describe('docs/observability.md', () => {
  it('lists every event that there is, and no other', () => {
    const events = ['core/src/model/events.ts', 'client/src/client-events.ts'].map((path) =>
      read(`packages/${path}`),
    );
    const names = [...events.join('\n').matchAll(/readonly type: '([\w.]+)'/g)].map(
      ([, name]) => name,
    );
    const rows = [...read('docs/observability.md').matchAll(/^\| `(\w+\.\w+)` \|/gm)];
    expect(rows.map(([, name]) => name).toSorted()).toEqual(names.toSorted());
  });

  it('logs refusals by pino, and no credential of the request', async () => {
    const lines: string[] = [];
    const logger = createLogger({ write: (line) => lines.push(line) });
    const server = createServer(authly({ issuer, jwks }), logger);
    const [good, bad] = [aUserToken(), tampered(aUserToken())];
    await server.verify(good);
    expect(lines).toEqual([]);
    await expect(server.verify(bad)).rejects.toThrow();
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: 'request.refused',
      event: { reason: 'signature_invalid' },
    });
    const headers = {
      authorization: `Bearer ${good}`,
      cookie: `s=${good}`,
      dpop: good,
      accept: '*',
    };
    logger.info({ req: { headers: { ...headers, 'proxy-authorization': good } } });
    expect(lines[1]).toContain('"accept":"*"');
    expect(lines.join()).not.toContain(good);
    server.close();
  });

  it('has the id of the request in each event about it, also while others wait for the keys', async () => {
    const events: { type?: string; reason?: string; requestId?: string }[] = [];
    const preset = authly({
      issuer,
      jwksUri: `${issuer}/jwks`,
      fetch: async () => Response.json(jwks),
    });
    const api = createApp(preset, (event) => events.push(event));
    const tokens = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? aUserToken() : tampered(aUserToken()),
    );
    const answers = await Promise.all(
      tokens.map((token, index) =>
        supertest(api).get('/').set('x-request-id', `r-${index}`).auth(token, { type: 'bearer' }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(
      tokens.map((_, index) => (index % 2 === 0 ? 404 : 401)),
    );
    const about = (type: string) =>
      events.filter((event) => event.type === type).map(({ requestId }) => requestId);
    const ids = (rest: number) =>
      tokens.flatMap((_, index) => (index % 2 === rest ? [`r-${index}`] : [])).toSorted();
    expect(about('request.authenticated').toSorted()).toEqual(ids(0));
    expect(about('request.refused').toSorted()).toEqual(ids(1));
    expect(about('keys.refreshed')).toEqual([undefined]);
    expect(audience).toBe('https://api.acme.com');
  });
});
