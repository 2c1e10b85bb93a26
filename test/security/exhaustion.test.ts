import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createResourceServer, type ResourceServer } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  memoryClientStore,
} from '@authly/issuer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { AUDIENCE, aClock, aToken, encoded, GOOD_CLAIMS, ISSUER } from '../support/tokens.ts';
import { aTarget, expectNoHarm, expectRefusal, serve } from './support/attack.ts';
import { es256, forger, JWKS_URI } from './support/keys.ts';
import {
  MALFORMED,
  SIGNATURE,
  TOO_LARGE,
  UNKNOWN_ISSUER,
  UNKNOWN_KEY,
} from './support/refusals.ts';
import { claimsText } from './support/token-text.ts';
import { bytesOf, wireTo } from './support/wire.ts';

// Work is counted here, not timed: what is decoded, parsed, verified, fetched and kept.

const counts = { decoded: 0, parsed: 0, parsedBytes: 0, fetched: 0 };

const { parse } = JSON;
const bufferFrom = Buffer.from;
const bufferWrite = Buffer.prototype.write;
/** Counts in the tests around it. */
function counting(): void {
  beforeEach(() => {
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] = 0;
    vi.spyOn(Buffer, 'from').mockImplementation(counted(bufferFrom));
    vi.spyOn(Buffer.prototype, 'write').mockImplementation(function (this: Buffer, ...args) {
      if (args.includes('base64url')) counts.decoded += String(args[0]).length;
      return Reflect.apply(bufferWrite, this, args);
    });
    vi.spyOn(JSON, 'parse').mockImplementation((text: string) => {
      counts.parsed += 1;
      counts.parsedBytes += text.length;
      return parse(text);
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}

/** Counts the characters that are decoded from base64url. */
function counted(original: typeof Buffer.from): typeof Buffer.from {
  return ((...args: readonly unknown[]) => {
    if (args[1] === 'base64url') counts.decoded += String(args[0]).length;
    return Reflect.apply(original, Buffer, args);
  }) as typeof Buffer.from;
}

function aServer(): ResourceServer {
  return createResourceServer({
    issuer: rfc9068({ issuer: ISSUER, jwksUri: JWKS_URI }),
    audience: AUDIENCE,
    clock: aClock(),
    fetch: async () => {
      counts.fetched += 1;
      return Response.json({ keys: [es256.publicJwk] });
    },
  });
}

async function reasonOf(server: ResourceServer, token: string): Promise<string> {
  try {
    await server.verify(token);
    return 'accepted';
  } catch (error) {
    return String(error instanceof Object && 'reason' in error ? error.reason : error);
  }
}

const huge = 'x'.repeat(65_536);
const many = Array.from({ length: 100_000 }, (_, index) => `"${index}":0`).join();
const scopes = Array.from({ length: 10_000 }, (_, index) => `s${index}`).join(' ');

describe('a token that is too large costs nothing', () => {
  counting();
  it.each([
    ['64 KB of anything', huge],
    ['64 KB of dots', '.'.repeat(65_536)],
    ['a megabyte', 'x'.repeat(1_048_576)],
    ['64 KB of claims, rightly signed', aToken({ huge })],
    ['100,000 claims, rightly signed', aToken({}, { rawPayload: claimsText(many) })],
    ['10,000 scopes, rightly signed', aToken({ scope: scopes })],
    ['a kid of 64 KB, rightly signed', aToken({}, { header: { kid: huge } })],
    ['a signature of 64 KB', `${aToken().split('.').slice(0, 2).join('.')}.${huge}`],
  ])('%s', async (_, token) => {
    const server = aServer();
    counts.decoded = 0;
    expect(await reasonOf(server, token)).toBe('token_too_large');
    expect(counts).toEqual({ decoded: 0, parsed: 0, parsedBytes: 0, fetched: 0 });
    server.close();
  });
});

describe('a token of the greatest size costs in proportion to it', () => {
  counting();
  // What fits into 16 KiB, in the shapes that are dearest to read.
  const room = 11_500;
  const fill = (piece: string) => piece.repeat(Math.floor(room / piece.length));
  const shapes: readonly (readonly [string, string, string])[] = [
    ['claims without number', claimsText(fill('"a":0,').slice(0, -1)), 'accepted'],
    ['a list of lists', claimsText(`"x":[${fill('[],').slice(0, -1)}]`), 'accepted'],
    ['a list of objects', claimsText(`"x":[${fill('{},').slice(0, -1)}]`), 'accepted'],
    ['scopes', claimsText(`"scope":"${fill('a ').trim()}"`, ['scope']), 'accepted'],
    ['audiences', claimsText(`"aud":[${fill('"a",')}"${AUDIENCE}"]`, ['aud']), 'accepted'],
    [
      'actors within actors',
      claimsText(`"act":${'{"act":'.repeat(30)}{}${'}'.repeat(30)}`),
      'accepted',
    ],
    ['escapes', claimsText(`"x":"${fill('\\u0041')}"`), 'accepted'],
    ['digits', claimsText(`"x":${fill('9')}`), 'accepted'],
    ['levels', claimsText(`"x":${'['.repeat(5_000)}${']'.repeat(5_000)}`), 'token_malformed'],
    ['unclosed levels', claimsText(`"x":${fill('[')}`), 'token_malformed'],
    ['white space', `${' '.repeat(room)}${JSON.stringify(GOOD_CLAIMS)}`, 'accepted'],
  ];

  it.each(shapes)('%s', async (_, payload, outcome) => {
    const server = aServer();
    await server.ready();
    const token = aToken({}, { rawPayload: payload });
    expect(token.length).toBeLessThanOrEqual(16_384);
    counts.decoded = 0;
    counts.parsed = 0;
    counts.parsedBytes = 0;
    expect(await reasonOf(server, token)).toBe(outcome);
    expect(counts.decoded).toBeLessThanOrEqual(token.length);
    expect(counts.parsed).toBeLessThanOrEqual(2);
    expect(counts.parsedBytes).toBeLessThanOrEqual(token.length);
    expect(counts.fetched).toBe(1);
    server.close();
  });

  it('of 28 nested actors at most seven earlier ones are kept', async () => {
    const server = aServer();
    const act = `${'{"sub":"a","act":'.repeat(28)}{"sub":"z"}${'}'.repeat(28)}`;
    const { actor } = await server.verify(aToken({}, { rawPayload: claimsText(`"act":${act}`) }));
    expect(actor?.previous).toHaveLength(7);
    server.close();
  });

  it('a kid that is too long is not kept and causes no fetch', async () => {
    const server = aServer();
    await server.verify(aToken());
    for (let index = 0; index < 50; index++) {
      const kid = `${index}${'k'.repeat(8_000)}`;
      expect(await reasonOf(server, aToken({}, { key: forger, header: { kid } }))).toBe(
        'key_unknown',
      );
    }
    expect(counts.fetched).toBe(1 + 3);
    server.close();
  });
});

describe.each(frameworks)('over HTTP, with room for headers of 256 KB, in $name', (framework) => {
  it.each([
    ['64 KB of anything', `Bearer ${huge}`, TOO_LARGE],
    ['64 KB of a rightly signed token', `Bearer ${aToken({ huge })}`, TOO_LARGE],
    ['10,000 scopes', `Bearer ${aToken({ scope: scopes })}`, TOO_LARGE],
    [
      '5,000 levels',
      `Bearer ${aToken({}, { rawPayload: claimsText(`"x":${'['.repeat(5_000)}${']'.repeat(5_000)}`) })}`,
      MALFORMED,
    ],
    ['a kid of 8 KB', `Bearer ${aToken({}, { header: { kid: 'k'.repeat(8_000) } })}`, UNKNOWN_KEY],
    ['an iss of 8 KB', `Bearer ${aToken({ iss: 'i'.repeat(8_000) })}`, UNKNOWN_ISSUER],
    [
      '12 KB by another key',
      `Bearer ${aToken({ x: 'x'.repeat(9_000) }, { key: forger })}`,
      SIGNATURE,
    ],
    [
      'a deep header',
      `Bearer ${encoded(`{"alg":${'['.repeat(6_000)}${']'.repeat(6_000)}}`)}.e30.AAAA`,
      MALFORMED,
    ],
  ])('%s', async (_, authorization, answer) => {
    const target = await aTarget(framework);
    expectRefusal(await target.send({ headers: [['authorization', authorization]] }), answer);
    await expectNoHarm(target);
    target.close();
  });

  it.each([
    ['200 KB of spaces', `Bearer ${' '.repeat(200_000)}`, 400],
    ['200 KB of commas', `Bearer ${','.repeat(200_000)}`, 400],
    ['200 KB of commas and spaces before a scheme', `Basic ${', '.repeat(100_000)}x`, 401],
    ['200 KB of scheme', 'B'.repeat(200_000), 401],
  ])('a header that takes long to parse is refused: %s', async (_, authorization, status) => {
    const target = await aTarget(framework);
    const answer = await target.send({ headers: [['authorization', authorization]] });
    expect(answer.status).toBe(status);
    await expectNoHarm(target);
    target.close();
  });

  it('slow clients hold only a socket, and no other request waits for them', async () => {
    const target = await aTarget(framework);
    const request = bytesOf({ headers: [['authorization', `Bearer ${aToken()}`]] });
    const slow = Array.from({ length: 50 }, () => {
      const socket = connect(target.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(request.subarray(0, request.length - 2));
      return socket;
    });
    await expectNoHarm(target);
    expect(target.events.filter(({ type }) => type.startsWith('request.'))).toHaveLength(1);
    for (const socket of slow) socket.destroy();
    await expectNoHarm(target);
    target.close();
  });
});

describe.each(frameworks)('bodies of token requests in $name', (framework) => {
  it('a slow body holds 64 KiB at most, and others are served meanwhile', async () => {
    const { secret, hash } = generateClientSecret();
    const issuer = createIssuer({
      issuer: ISSUER,
      keys: [await generateSigningKey('ES256')],
      clients: memoryClientStore([
        { clientId: 'c', secretHashes: [hash], scopes: [], audiences: [AUDIENCE] },
      ]),
    });
    const app = framework.createApp(({ use }) => use(framework.kit.mount(issuer.handler)));
    const { port, close } = await serve(app);
    const type = ['content-type', 'application/x-www-form-urlencoded'] as const;
    const body = `grant_type=client_credentials&client_id=c&client_secret=${secret}`;
    const whole = bytesOf({ method: 'POST', target: '/token', headers: [type], body });
    const slow = Array.from({ length: 20 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(whole.subarray(0, whole.length - 1));
      return socket;
    });
    const wire = wireTo(port);
    const authorization = [
      'authorization',
      `Basic ${Buffer.from(`c:${secret}`).toString('base64')}`,
    ] as const;
    const honest = () =>
      wire.send({
        method: 'POST',
        target: '/token',
        headers: [type, authorization],
        body: 'grant_type=client_credentials',
      });
    expect((await honest()).status).toBe(200);
    const long = wireTo(port);
    const chunked = await long.send({
      method: 'POST',
      target: '/token',
      headers: [type],
      body: 'x'.repeat(70_000),
      trailers: [],
    });
    expect([chunked.status, JSON.parse(chunked.body).error]).toEqual([400, 'invalid_request']);
    for (const socket of slow) socket.destroy();
    expect((await honest()).status).toBe(200);
    // Koa reports clients that broke off; nothing else went wrong.
    const faults = app.faults.filter((fault) => !String(fault).includes('Parse Error'));
    expect(faults).toEqual([]);
    long.close();
    wire.close();
    close();
  });
});

describe('an endpoint for keys that never ends', () => {
  it('is abandoned after 512 KiB', async () => {
    let sent = 0;
    const server = createServer((_request, response) => {
      const chunk = Buffer.alloc(16_384, 0x20);
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on('drain', more);
      response.on('error', () => {});
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const resource = createResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwksUri: `${origin}/jwks` }),
      audience: AUDIENCE,
    });
    await expect(resource.ready()).rejects.toMatchObject({ cause: { failure: 'too_large' } });
    // What was under way in sockets' buffers comes on top, and is bounded by them.
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    resource.close();
    server.close();
    server.closeAllConnections();
  });
});
