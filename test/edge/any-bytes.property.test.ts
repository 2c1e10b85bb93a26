import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken, NOW } from '../support/tokens.ts';
import { parseChallenges } from './challenge-parser.ts';
import { exchangeBytes, type RawAnswer } from './raw-exchange.ts';

// Whatever bytes a request is made of: what Node's parser and the router hand over is refused with a
// well-formed answer that holds nothing of the request, and the process lives.

const RUNS = 400;

const good = aUserToken();
const expired = aUserToken({ exp: NOW - 60 });

/** Bytes as Latin-1 text, each byte one character. */
const anyBytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'));

/** Bytes that Node's parser takes in a header value, and now and then some that it does not. */
const valueBytes = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff })), {
        maxLength: 60,
      })
      .map((bytes) => String.fromCharCode(...bytes)),
  },
  {
    weight: 10,
    arbitrary: fc.string({
      unit: fc.constantFrom('"', '\\', ',', '=', ' ', '\t', '.', 'a', ';', ':'),
    }),
  },
  { weight: 1, arbitrary: anyBytes(20) },
);

/** A token in which some bytes are others. */
const tampered = fc
  .tuple(fc.constantFrom(good, expired), fc.array(fc.tuple(fc.nat(), valueBytes), { maxLength: 3 }))
  .map(([token, changes]) =>
    changes.reduce((text, [at, bytes]) => {
      const index = at % text.length;
      return text.slice(0, index) + bytes + text.slice(index + bytes.length);
    }, token),
  );

const authorization = fc.oneof(
  valueBytes,
  valueBytes.map((rest) => `Bearer ${rest}`),
  tampered.map((token) => `Bearer ${token}`),
  fc.constantFrom(`Bearer ${good}`, `bearer ${good}`, `Bearer ${good}, Basic YTpi`, 'Bearer', ''),
);

const header = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constantFrom('Authorization', 'aUTHORIZATION'), authorization),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom('X-Forwarded-Host', 'Forwarded', 'Cookie', 'Origin', 'DPoP', 'Content-Type'),
      valueBytes,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('Host', 'Expect', 'Transfer-Encoding', 'Upgrade'),
      valueBytes,
    ),
  },
  { weight: 1, arbitrary: fc.tuple(anyBytes(8), valueBytes) },
);

const target = fc.oneof(
  { weight: 5, arbitrary: valueBytes.map((bytes) => `/${bytes}`) },
  { weight: 5, arbitrary: valueBytes.map((bytes) => `/things/${bytes}`) },
  { weight: 3, arbitrary: valueBytes.map((bytes) => `/?access_token=${good}&${bytes}`) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('*', '/', '//', '/%', '/%ff%00', '/..%2f', 'http://a/b', '/\\'),
  },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom('http://[', '?', good), anyBytes(20)) },
);

const method = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND'),
  },
  { weight: 1, arbitrary: anyBytes(6) },
);

const request = fc.record({
  method,
  target: target.map((text) => text.replace(/[ \r\n]/g, '')),
  headers: fc.array(header, { maxLength: 5 }),
  body: fc.oneof(fc.constant(''), anyBytes(40)),
});

/** Every answer there is, as the documentation lists them: core's own tests hold it complete. */
const fixedTexts = new Set(
  readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    .split(/^## /m)
    .flatMap((section) => {
      const [, code = ''] = /^`(\w+)`/.exec(section) ?? [];
      const quoted = [...section.matchAll(/^### `\w+`\n\n> (.+)$/gm)];
      return quoted.map(([, error_description]) =>
        JSON.stringify({ error: code, error_description }),
      );
    }),
);

describe.each(frameworks)('any bytes to $name', (framework) => {
  let handedOver = 0;
  const http = createServer({ maxHeaderSize: 64 * 1024 });
  const port = () => (http.address() as AddressInfo).port;

  beforeAll(async () => {
    const server = aResourceServer({ realm: 'any bytes' });
    const watching: typeof server = {
      ...server,
      authenticate(view) {
        handedOver++;
        return server.authenticate(view);
      },
    };
    const app = framework.createApp(({ use, router }) => {
      use(framework.kit.protectedResourceMetadata(server));
      router('/things', ({ route }) => {
        route(
          '/:id',
          framework.authenticate(watching),
          framework.kit.requireScope('never'),
          () => 'in',
        );
      });
      use(framework.authenticate(watching));
      use(framework.kit.requireScope('never'));
    });
    http.on('request', app.listener);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  });

  afterAll(() => {
    http.close();
    http.closeAllConnections();
  });

  it('[RFC6750-3-b] [RFC6750-3-f] are refused with valid answers, and the process goes on', async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ method, target, headers, body }) => {
        const lines = [
          `${method} ${target} HTTP/1.1`,
          'Host: api.example.com',
          'Connection: close',
          ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
          ...headers.map(([name, value]) => `${name}: ${value}`),
        ];
        const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
        const before = handedOver;
        const answer = await exchangeBytes(port(), bytes, method);
        if (handedOver === before || isOfNode(answer)) return;
        refusals++;
        expectRefusal(answer, method);
      }),
      { numRuns: RUNS },
    );
    // Were most requests stopped by Node, this would prove nothing.
    expect(refusals).toBeGreaterThan(RUNS / 10);
    const bytes = Buffer.from(
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${good}\r\n\r\n`,
    );
    expect((await exchangeBytes(port(), bytes, 'GET'))?.status).toBe(403);
  }, 60_000);
});

/**
 * Whether Node answered in our stead, though it had handed the request over: bytes after the header
 * section made no sense to it.
 */
function isOfNode(answer: RawAnswer | undefined): boolean {
  return answer?.status === 400 && answer.headers.every(([name]) => name === 'connection');
}

function expectRefusal(answer: RawAnswer | undefined, method: string): void {
  if (answer === undefined) throw new Error('no answer');
  const challenges = answer.headers.filter(([name]) => name === 'www-authenticate');
  expect(challenges).toHaveLength(1);
  const [challenge, ...others] = parseChallenges(challenges[0]?.[1] ?? '');
  expect(others).toEqual([]);
  expect(challenge?.scheme).toBe('Bearer');
  const error = challenge?.parameters.get('error');
  expect([answer.status, error]).toBeOneOf([
    [401, undefined],
    [400, 'invalid_request'],
    [401, 'invalid_token'],
    [403, 'insufficient_scope'],
  ]);
  expect(challenge?.parameters.get('realm')).toBe('any bytes');
  expect(challenge?.parameters.get('scope')).toBe(answer.status === 403 ? 'never' : undefined);
  expect(challenge?.parameters.get('resource_metadata')).toBe(
    'https://api.example.com/.well-known/oauth-protected-resource',
  );
  if (method === 'HEAD') expect(answer.body).toBe('');
  else expect(fixedTexts).toContain(answer.body);
}
