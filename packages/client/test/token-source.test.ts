import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  clientSecretPost,
  type TokenSourceOptions,
  tlsClientAuth,
  tokenSource,
  workloadToken,
} from '../src/index.ts';
import {
  API,
  aJwt,
  aServer,
  aSource,
  challenge,
  deferred,
  INVALID_TOKEN,
  ISSUER,
  issued,
  NOW_MS,
  refused,
  settled,
} from './fixtures.ts';

const HOUR_MS = 3_600_000;

describe('a token', () => {
  it('[RFC6749-4.4.2-d] [RFC6749-3.3-a] [RFC6749-2.3-a] is requested with the grant, the resource, the scopes and the other parameters', async () => {
    const { source, server } = aSource({
      scope: ['read:orders', 'write:orders'],
      parameters: { audience: ['a', 'b'], tenant: 't' },
    });
    await source.token();
    const [request] = server.tokenRequests;
    expect(request?.form.toString()).toBe(
      new URLSearchParams([
        ['resource', API],
        ['scope', 'read:orders write:orders'],
        ['audience', 'a'],
        ['audience', 'b'],
        ['tenant', 't'],
        ['grant_type', 'client_credentials'],
      ]).toString(),
    );
    expect(request?.headers.get('accept')).toBe('application/json');
    expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('orders%2Dapi:s3cret')}`);
  });

  it('[RFC6749-5.1-a] has its end in seconds, and the scopes that were granted, or else requested', async () => {
    const { source, server } = aSource({ scope: 'a b' });
    expect(await source.token()).toMatchObject({
      accessToken: 'token-1',
      type: 'Bearer',
      expiresAt: NOW_MS / 1_000 + 3_600,
      scopes: ['a', 'b'],
    });
    server.onToken = () => issued('x', { scope: 'a' });
    const narrowed = aSource({ fetch: server.fetch, scope: 'a b' });
    expect((await narrowed.source.token()).scopes).toEqual(['a']);
  });

  it('[RFC6749-5.1-c] [RFC6749-5.1-d] is the only part of an answer that is used: no unknown member, and no refresh token', async () => {
    const { source, server, clock } = aSource();
    server.onToken = (_request, count) =>
      issued(`x${count}`, { refresh_token: 'r', id_token: 'i', ext_expires_in: 9, constructor: 7 });
    await source.token();
    clock.pass(HOUR_MS);
    await source.token();
    const grants = server.tokenRequests.map(({ form }) => form.get('grant_type'));
    expect(grants).toEqual(['client_credentials', 'client_credentials']);
  });

  it.each([undefined, null, 7, '', 'a b', ' a', 'a\r\nx-injected: 1', 'a\n', 'token-é', ['a']])(
    'cannot be text that is not allowed in a header: %j',
    async (access_token) => {
      const { source, server } = aSource();
      server.onToken = () => issued('x', { access_token });
      await expect(source.fetch(API)).rejects.toMatchObject({ reason: 'answer_unusable' });
      expect(server.apiRequests).toEqual([]);
    },
  );

  it.each([
    ['a  b ', ['a', 'b']],
    ['', []],
    [undefined, ['asked']],
    [7, ['asked']],
  ])('has the scopes in the answer: %j', async (scope, scopes) => {
    const { source, server } = aSource({ scope: 'asked' });
    server.onToken = () => issued('x', { scope });
    expect((await source.token()).scopes).toEqual(scopes);
  });

  it('[RFC8707-2-b] [RFC8707-2.2-a] may be for several resources', async () => {
    const resource = [API, 'https://ledger.example.com'];
    const { source, server } = aSource({ resource });
    await source.token();
    expect(server.tokenRequests[0]?.form.getAll('resource')).toEqual(resource);
  });

  it('[RFC6749-10.2-a] is not shown when anything is printed, and neither is the secret', async () => {
    const { source, server, events } = aSource();
    server.onToken = () => issued('hush-token');
    const token = await source.token();
    const prints = [
      inspect([token, source, events], { depth: 9, showHidden: true, getters: true }),
      JSON.stringify([token, events, await source.explain()]),
      String(token),
    ].join();
    expect(prints).not.toMatch(/hush|s3cret/);
  });

  it('is not fetched before it is needed', async () => {
    const { server } = aSource();
    await settled();
    expect([server.metadataRequests, server.tokenRequests]).toEqual([[], []]);
  });
});

describe('many callers (57)', () => {
  it('of a new source cause one request', async () => {
    const { source, server } = aSource();
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => source.token()));
    expect(server.tokenRequests).toHaveLength(1);
    expect(new Set(tokens).size).toBe(1);
  });

  it('get the token although one of them gives up', async () => {
    const { source, server } = aSource();
    const answer = deferred<Response>();
    server.onToken = () => answer.promise;
    const quitter = new AbortController();
    const first = source.token({ signal: quitter.signal });
    const others = Promise.all(Array.from({ length: 999 }, () => source.token()));
    await settled();
    quitter.abort(new Error('tired'));
    await expect(first).rejects.toThrow('tired');
    expect(server.tokenRequests[0]?.signal?.aborted).toBe(false);
    answer.resolve(issued('late'));
    expect(new Set((await others).map(({ accessToken }) => accessToken))).toEqual(
      new Set(['late']),
    );
  });

  it('fail together, and not one after another, when the server hangs', async () => {
    const { source, server, clock } = aSource({ timeoutMs: 50 });
    server.onToken = () => new Promise(() => {});
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => source.token()));
    expect(outcomes.map(({ status }) => status)).not.toContain('fulfilled');
    expect(server.tokenRequests).toHaveLength(1);
    // A later caller gets the failure at once, without another request.
    await expect(source.token()).rejects.toMatchObject({ reason: 'issuer_timeout', status: 503 });
    expect(server.tokenRequests).toHaveLength(1);
    expect(server.tokenRequests[0]?.signal?.aborted).toBe(true);
    clock.pass(30_000);
    server.onToken = () => issued('up');
    expect((await source.token()).accessToken).toBe('up');
  });

  it('get no token when their signal is already aborted, even if there is one', async () => {
    const { source } = aSource();
    await source.token();
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(source.token({ signal })).rejects.toThrow('gone');
  });
});

describe('two sources (58)', () => {
  it('never get each other’s token, also when they run at the same time', async () => {
    const server = aServer();
    server.onToken = async ({ form }) => {
      await settled();
      return issued(`for-${form.get('scope')}`);
    };
    const make = (scope: string) => aSource({ fetch: server.fetch, scope }).source;
    const [read, write] = [make('read'), make('write')];
    const tokens = await Promise.all(
      Array.from({ length: 100 }, async (_each, index) => {
        const source = index % 2 === 0 ? read : write;
        return [index % 2, (await source.token()).accessToken] as const;
      }),
    );
    expect(new Set(tokens.map(([odd, token]) => `${odd} ${token}`))).toEqual(
      new Set(['0 for-read', '1 for-write']),
    );
  });
});

describe('the life of a token (59)', () => {
  it('is refreshed in the background in its last fifth, but at most five minutes before its end', async () => {
    const { source, server, clock, events } = aSource();
    await source.token();
    clock.pass(HOUR_MS - 300_001);
    await source.token();
    await settled();
    expect(server.tokenRequests).toHaveLength(1);
    clock.pass(1);
    // The caller does not wait for the refresh.
    expect((await source.token()).accessToken).toBe('token-1');
    await settled();
    expect((await source.token()).accessToken).toBe('token-2');
    expect(server.tokenRequests).toHaveLength(2);
    expect(events.map(({ type }) => type)).toEqual(['token.fetched', 'token.refreshed']);
  });

  it('is refreshed once, however many calls use it', async () => {
    const { source, server, clock } = aSource();
    server.onToken = () => issued(`t${server.tokenRequests.length}`, { expires_in: 5 });
    for (let second = 0; second < 20; second++) {
      await Promise.all(Array.from({ length: 1_000 }, () => source.token()));
      await settled();
      clock.pass(1_000);
    }
    // A token of five seconds is refreshed after four. So twenty seconds need exactly five
    // requests.
    expect(server.tokenRequests).toHaveLength(5);
  });

  it('ends here a little before it ends at the server, and then callers wait', async () => {
    const { source, server, clock } = aSource();
    server.onToken = () => issued(`t${server.tokenRequests.length}`, { expires_in: 100 });
    await source.token();
    clock.pass(95_000 - 1);
    server.onToken = () => refused(503);
    expect((await source.token()).accessToken).toBe('t1');
    await settled();
    clock.pass(1);
    await expect(source.token()).rejects.toMatchObject({ reason: 'issuer_unavailable' });
  });

  it('[RFC6749-5.1-b] is counted from the start of the request', async () => {
    const { source, server, clock } = aSource();
    server.onToken = async () => {
      clock.pass(9_000);
      return issued(`t${server.tokenRequests.length}`, { expires_in: 10 });
    };
    await source.token();
    clock.pass(501);
    // 9.5 s of its 10 s are over, so the token is not used.
    expect((await source.token()).accessToken).toBe('t2');
  });

  it('does not change when the system clock is set', async () => {
    const { source, server, clock } = aSource();
    await source.token();
    clock.jump(24 * HOUR_MS);
    await source.token();
    clock.jump(-48 * HOUR_MS);
    await source.token();
    await settled();
    expect(server.tokenRequests).toHaveLength(1);
  });

  it('[RFC6749-5.1-b] is a minute if the server does not say how long it is', async () => {
    const { source, server, clock } = aSource();
    server.onToken = () => Response.json({ access_token: 'x', token_type: 'bearer' });
    await source.token();
    clock.pass(56_999);
    await source.token();
    expect((await source.explain()).token).toMatchObject({ unusableInSec: 0, refreshInSec: -9 });
  });

  it.each([
    ['a text of digits', '3600'],
    ['absurdly long', 1e12],
    ['beyond what can be counted', 1e308],
  ])('is used as the server says when it is %s', async (_name, expires_in) => {
    const { source, server, clock } = aSource();
    server.onToken = () => issued('x', { expires_in });
    await source.token();
    clock.pass(60_000);
    await source.token();
    expect(server.tokenRequests).toHaveLength(1);
  });

  it.each([0, -1, '-5', '5s', ' 5', 'soon', null, true, [60]])(
    'cannot be %j: the request has failed, and is not repeated at once',
    async (expires_in) => {
      const { source, server, clock } = aSource();
      server.onToken = () => issued('x', { expires_in });
      for (let call = 0; call < 10; call++) {
        await expect(source.token()).rejects.toMatchObject({ reason: 'answer_unusable' });
      }
      expect(server.tokenRequests).toHaveLength(1);
      clock.pass(30_000);
      await expect(source.token()).rejects.toThrow();
      expect(server.tokenRequests).toHaveLength(2);
    },
  );

  it('causes no flood of requests, and no use after its end, when the server always gives the same token', async () => {
    const { source, server, clock, events } = aSource();
    server.onToken = () => issued('same', { expires_in: 3_600 });
    const ended = clock.monotonicMs() + HOUR_MS;
    while (clock.monotonicMs() < ended - 500) {
      await source.token();
      await settled();
      clock.pass(500);
    }
    expect(server.tokenRequests.length).toBeLessThanOrEqual(12);
    expect(events.filter(({ type }) => type === 'token.same_again').length).toBeGreaterThan(3);
    clock.pass(1_000);
    await expect(source.token()).rejects.toMatchObject({ reason: 'answer_unusable' });
    const before = server.tokenRequests.length;
    await expect(source.token()).rejects.toThrow();
    expect(server.tokenRequests).toHaveLength(before);
    clock.pass(1_000);
    server.onToken = () => issued('new');
    expect((await source.token()).accessToken).toBe('new');
  });
});

describe('a server that fails', () => {
  it('keeps the old token in use to its end, and is asked with growing pauses', async () => {
    const { source, server, clock, events } = aSource();
    await source.token();
    server.onToken = () => refused(503);
    clock.pass(HOUR_MS - 300_000);
    for (let second = 0; second < 289; second++) {
      expect((await source.token()).accessToken).toBe('token-1');
      await settled();
      clock.pass(1_000);
    }
    // 0.25 s, 0.5 s, 1 s … 15 s on average, then every 15 s.
    expect(server.tokenRequests.length).toBeGreaterThan(10);
    expect(server.tokenRequests.length).toBeLessThan(30);
    expect(events.at(-1)).toMatchObject({
      type: 'token.failed',
      cause: 'issuer_unavailable',
      status: 503,
      retryInSec: 15,
    });
  });

  it('is left alone for as long as it asks, but at most a minute', async () => {
    const { source, server, clock } = aSource();
    server.onToken = () => refused(429, 'temporarily_unavailable', { 'retry-after': '20' });
    await expect(source.token()).rejects.toMatchObject({
      retryAfterSec: 20,
      serverError: 'temporarily_unavailable',
      headers: { 'retry-after': '20' },
    });
    clock.pass(19_999);
    await expect(source.token()).rejects.toThrow();
    expect(server.tokenRequests).toHaveLength(1);
    clock.pass(1);
    server.onToken = () => refused(503, undefined, { 'retry-after': '86400' });
    await expect(source.token()).rejects.toThrow();
    clock.pass(60_000);
    server.onToken = () => issued('back');
    expect((await source.token()).accessToken).toBe('back');
  });

  it('may say when to come again as a date (RFC 9110 §10.2.3)', async () => {
    const { source, server } = aSource();
    const at = (ms: number) => new Date(NOW_MS + ms).toUTCString();
    const retryAfter = async (value: string) => {
      server.onToken = () => refused(503, undefined, { 'retry-after': value });
      const { source: fresh } = aSource({ fetch: server.fetch });
      return fresh.token().catch((error: { retryAfterSec?: number }) => error.retryAfterSec);
    };
    expect(await retryAfter(at(20_000))).toBe(20);
    expect(await retryAfter(at(-20_000))).toBe(0);
    expect(await retryAfter('soon')).toBeUndefined();
    source.close();
  });

  it.each([
    ['no connection', () => Promise.reject(new TypeError('fetch failed')), 'issuer_unreachable'],
    ['a page', () => new Response('<html>'), 'answer_unusable'],
    ['a redirect to a page for people', () => refused(302), 'issuer_redirects'],
    ['a page with 500', () => new Response('<html>', { status: 500 }), 'issuer_unavailable'],
  ] as const)('by %s is an outage: 503', async (_name, answer, reason) => {
    const { source, server } = aSource();
    server.onToken = answer;
    await expect(source.token()).rejects.toMatchObject({ reason, status: 503 });
  });

  it.each(['invalid_scope', 'invalid_target', 'unauthorized_client', 'invalid_grant'] as const)(
    'to give the token, with %s, is asked again after half a minute',
    async (error) => {
      const { source, server, clock } = aSource();
      server.onToken = () => refused(400, error);
      const failure = { reason: 'request_refused', serverError: error, status: 500 };
      for (let call = 0; call < 5; call++) {
        await expect(source.token()).rejects.toMatchObject(failure);
      }
      clock.pass(29_999);
      await expect(source.token()).rejects.toMatchObject(failure);
      expect(server.tokenRequests).toHaveLength(1);
      clock.pass(1);
      await expect(source.token()).rejects.toMatchObject(failure);
      expect(server.tokenRequests).toHaveLength(2);
    },
  );

  it('[RFC6749-5.2-j] [RFC6749-10.2-a] cannot put its own text into errors and events', async () => {
    const { source, server, events } = aSource();
    server.onToken = () =>
      Response.json(
        { error: 'hush_error', error_description: 'hush description' },
        { status: 400, headers: { 'www-authenticate': 'Basic realm="hush"' } },
      );
    const error = await source.token().catch((caught: unknown) => caught);
    expect(inspect([error, events], { depth: 9, showHidden: true })).not.toContain('hush');
  });
});

describe('credentials (61)', () => {
  it.each([
    [401, undefined],
    [401, 'unauthorized_client'],
    [400, 'invalid_client'],
  ])('that are wrong are tried every half minute: %i %s', async (status, error) => {
    const { source, server, clock } = aSource();
    server.onToken = () => refused(status, error);
    for (let call = 0; call < 100; call++) {
      await expect(source.token()).rejects.toMatchObject({
        reason: 'client_refused',
        serverStatus: status,
      });
    }
    expect(server.tokenRequests).toHaveLength(1);
    clock.pass(30_000);
    await expect(source.token()).rejects.toThrow();
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('are read again once on a 401, and used when they have changed', async () => {
    const secrets = ['old', 'new'];
    const { source, server } = aSource({
      client: clientSecretPost('orders-api', () => secrets.shift() ?? 'none'),
    });
    server.onToken = ({ form }) =>
      form.get('client_secret') === 'new' ? issued('right') : refused(401, 'invalid_client');
    expect((await source.token()).accessToken).toBe('right');
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('are read again once only, and not sent again when they are the same', async () => {
    let reads = 0;
    const { source, server } = aSource({
      client: clientSecretPost('orders-api', () => {
        reads += 1;
        return 'wrong';
      }),
    });
    server.onToken = () => refused(401);
    await expect(source.token()).rejects.toMatchObject({ reason: 'client_refused' });
    expect([reads, server.tokenRequests.length]).toEqual([2, 1]);
  });

  it('are read once a second while the source waits after a failure', async () => {
    let reads = 0;
    const { source, server, clock } = aSource({
      client: clientSecretPost('orders-api', () => {
        reads += 1;
        return 'wrong';
      }),
    });
    server.onToken = () => refused(401);
    const call = () => source.token().catch(() => {});
    await call();
    expect(reads).toBe(2);
    for (const [ms, expected] of [
      [0, 3],
      [999, 3],
      [1, 4],
      [0, 4],
    ] as const) {
      clock.pass(ms);
      await call();
      expect(reads).toBe(expected);
    }
  });

  it('that change while the source waits after a failure are used by the next call', async () => {
    let secret = 'wrong';
    const { source, server, clock } = aSource({
      client: clientSecretPost('orders-api', async () => secret),
    });
    server.onToken = ({ form }) =>
      form.get('client_secret') === 'right' ? issued('right') : refused(401);
    await expect(source.token()).rejects.toThrow();
    await expect(source.token()).rejects.toThrow();
    secret = 'right';
    clock.pass(1_000);
    expect((await source.token()).accessToken).toBe('right');
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('do not delay a call while there is a token', async () => {
    const secret = deferred<string>();
    const secrets: (string | Promise<string>)[] = ['right', 'gone', 'gone', secret.promise];
    const { source, server, clock } = aSource({
      client: clientSecretPost('orders-api', () => secrets.shift() ?? 'new'),
    });
    await source.token();
    server.onToken = ({ form }) =>
      form.get('client_secret') === 'new' ? issued('renewed') : refused(401);
    clock.pass(HOUR_MS - 300_000);
    await source.token();
    await settled();
    // The next call reads the secret again, from a vault that does not answer yet.
    expect((await source.token()).accessToken).toBe('token-1');
    secret.resolve('new');
    await settled();
    await source.token();
    await settled();
    expect((await source.token()).accessToken).toBe('renewed');
  });

  it('do not delay a call longer than a request may take, or after the caller’s signal is aborted', async () => {
    const secrets: (string | Promise<string>)[] = ['wrong', 'wrong', new Promise(() => {})];
    const { source, server, clock } = aSource({
      client: clientSecretPost('orders-api', () => secrets.shift() ?? 'right'),
      timeoutMs: 50,
    });
    server.onToken = ({ form }) =>
      form.get('client_secret') === 'right' ? issued('right') : refused(401);
    await expect(source.token()).rejects.toMatchObject({ reason: 'client_refused' });
    clock.pass(1_000);
    const caller = new AbortController();
    const [patient, impatient] = [source.token(), source.token({ signal: caller.signal })];
    caller.abort(new Error('gone'));
    await expect(impatient).rejects.toThrow('gone');
    await expect(patient).rejects.toMatchObject({ reason: 'client_refused' });
    clock.pass(1_000);
    expect((await source.token()).accessToken).toBe('right');
  });

  it('that cannot be read while the source waits after a failure are not new ones', async () => {
    const secrets = ['wrong', 'wrong'];
    const { source, server, clock } = aSource({
      client: clientSecretPost('orders-api', () => {
        const secret = secrets.shift();
        if (secret === undefined) throw new Error('vault is sealed');
        return secret;
      }),
    });
    server.onToken = () => refused(401);
    await expect(source.token()).rejects.toMatchObject({ reason: 'client_refused' });
    clock.pass(1_000);
    await expect(source.token()).rejects.toMatchObject({ reason: 'client_refused' });
    expect(server.tokenRequests).toHaveLength(1);
  });

  it('that cannot be made for this server are reported as such', async () => {
    const { source, server } = aSource({
      client: {
        method: 'private_key_jwt',
        clientId: 'orders-api',
        authentication: async () => () => Promise.reject(new Error('no such key')),
      },
    });
    await expect(source.token()).rejects.toMatchObject({
      reason: 'credentials_unavailable',
      cause: { message: 'no such key' },
    });
    expect(server.tokenRequests).toEqual([]);
  });

  it('that cannot be read are an outage, and the cause is reported', async () => {
    const { source, server } = aSource({
      client: clientSecretPost('orders-api', () => Promise.reject(new Error('vault is sealed'))),
    });
    await expect(source.token()).rejects.toMatchObject({
      reason: 'credentials_unavailable',
      status: 503,
      cause: { message: 'vault is sealed' },
    });
    expect(server.tokenRequests).toEqual([]);
  });

  it('may be a token of the platform, read from its file at each request', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'workload-'));
    const path = join(folder, 'token');
    await writeFile(path, `${aJwt({ sub: 'one' })}\n`);
    const { source, server } = aSource({
      client: workloadToken('orders-api', { path, type: 'jwt-spiffe' }),
    });
    server.onToken = async ({ form }) => {
      if (form.get('client_assertion') === aJwt({ sub: 'two' })) return issued('x');
      await writeFile(path, aJwt({ sub: 'two' }));
      return refused(401);
    };
    await source.token();
    await rm(folder, { recursive: true });
    const forms = server.tokenRequests.map(({ form }) => Object.fromEntries(form));
    expect(forms).toMatchObject([
      {
        client_id: 'orders-api',
        client_assertion: aJwt({ sub: 'one' }),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe',
      },
      { client_assertion: aJwt({ sub: 'two' }) },
    ]);
  });
});

describe('the metadata (65)', () => {
  it.each([
    ['an issuer that differs by a slash', { issuer: `${ISSUER}/` }],
    ['a token endpoint over http', { token_endpoint: 'http://as.example.com/token' }],
    ['a token endpoint on this machine', { token_endpoint: 'http://127.0.0.1/token' }],
    ['no token endpoint', { token_endpoint: undefined }],
  ])('with %s is not used', async (_name, change) => {
    const { source, server } = aSource();
    server.metadata = { ...server.metadata, ...change };
    await expect(source.token()).rejects.toMatchObject({
      reason: 'metadata_unusable',
      status: 500,
    });
    expect(server.tokenRequests).toEqual([]);
  });

  it('is read once, and again after ten minutes; a new endpoint is reported', async () => {
    const { source, server, clock, events } = aSource();
    server.onToken = () => issued(`t${server.tokenRequests.length}`, { expires_in: 100 });
    await source.token();
    clock.pass(100_000);
    await source.token();
    expect(server.metadataRequests).toHaveLength(1);
    clock.pass(600_000);
    server.metadata = { issuer: ISSUER, token_endpoint: 'https://new.example.com/token' };
    await source.token().catch(() => {});
    expect(server.metadataRequests).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ type: 'token.failed' });
    expect(events).toContainEqual({
      type: 'issuer.endpoint_moved',
      issuer: ISSUER,
      clientId: 'orders-api',
      url: 'https://new.example.com/token',
    });
  });

  it('is not needed where the endpoint is configured', async () => {
    const { source, server } = aSource({ tokenEndpoint: `${ISSUER}/other` });
    await source.token();
    expect(server.metadataRequests).toEqual([]);
    expect(server.tokenRequests[0]?.url).toBe(`${ISSUER}/other`);
  });

  it.each([
    [404, 'metadata_unusable', 500],
    [499, 'metadata_unusable', 500],
    [500, 'metadata_unavailable', 503],
    [503, 'metadata_unavailable', 503],
  ])('that is answered with %i is %s', async (answered, reason, status) => {
    const fetch = async () => new Response(null, { status: answered });
    const { source } = aSource({ fetch });
    await expect(source.token()).rejects.toMatchObject({ reason, status, serverStatus: answered });
  });

  it('that cannot be fetched is an outage', async () => {
    const { source } = aSource({ fetch: () => Promise.reject(new TypeError('down')) });
    await expect(source.token()).rejects.toMatchObject({
      reason: 'metadata_unavailable',
      status: 503,
    });
  });
});

describe('explain', () => {
  it('shows the metadata, the method and the answer of the server', async () => {
    const { source, server } = aSource({ scope: 'a', parameters: { tenant: 't' } });
    server.metadata = {
      ...server.metadata,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      grant_types_supported: ['client_credentials'],
    };
    expect(await source.explain()).toMatchObject({
      issuer: ISSUER,
      clientId: 'orders-api',
      method: 'client_secret_basic',
      metadata: `${ISSUER}/.well-known/openid-configuration`,
      tokenEndpoint: `${ISSUER}/token`,
      methodsSupported: ['private_key_jwt'],
      grantsSupported: ['client_credentials'],
      scopes: ['a'],
      parameters: ['tenant'],
      last: undefined,
      token: undefined,
      advice: [expect.stringContaining('does not list the method client_secret_basic')],
    });
    server.onToken = () => refused(400, 'invalid_scope');
    await source.token().catch(() => {});
    const { last, advice } = await source.explain();
    expect(last).toMatchObject({ outcome: 'failed', error: 'invalid_scope', status: 400 });
    expect(advice.join()).toContain('does not know a scope');
  });

  it('reports once that the server ignores resource', async () => {
    const { source, server, clock, events } = aSource();
    server.onToken = () => issued(aJwt({ aud: 'account', n: server.tokenRequests.length }));
    await source.token();
    clock.pass(HOUR_MS);
    await source.token();
    const told = events.filter(({ type }) => type === 'token.resource_ignored');
    expect(told).toEqual([
      {
        type: 'token.resource_ignored',
        issuer: ISSUER,
        clientId: 'orders-api',
        grant: 'client_credentials',
        resource: API,
      },
    ]);
    expect((await source.explain()).advice.join()).toContain('ignores the option resource');
  });

  it.each([
    ['names it', aJwt({ aud: ['x', API] })],
    ['is opaque', 'opaque'],
    ['does not say', aJwt({})],
  ])('does not report that when the token %s', async (_name, token) => {
    const { source, server, events } = aSource();
    server.onToken = () => issued(token);
    await source.token();
    expect(events.map(({ type }) => type)).toEqual(['token.fetched']);
    expect((await source.explain()).advice).toEqual([]);
  });

  it('says why the metadata cannot be used', async () => {
    const { source, server } = aSource();
    server.metadata = { issuer: 'https://other.example.com' };
    const { last, advice } = await source.explain();
    expect(last).toMatchObject({ reason: 'metadata_unusable' });
    expect(advice.join()).toContain('must be exactly the issuer');
  });
});

describe('explaining', () => {
  it('does not wait longer than a request for a server that hangs', async () => {
    const { source } = aSource({ timeoutMs: 50, fetch: () => new Promise(() => {}) });
    expect((await source.explain()).last).toMatchObject({
      outcome: 'failed',
      reason: 'issuer_timeout',
      grant: 'client_credentials',
    });
  });

  it('says which grant was used last, and with what result', async () => {
    const { source } = aSource();
    await source.token();
    expect((await source.explain()).last).toEqual({
      outcome: 'issued',
      grant: 'client_credentials',
      type: 'Bearer',
      expiresInSec: 3_600,
      scopes: [],
      audience: undefined,
    });
    await source.onBehalfOf('opaque').token();
    expect((await source.explain()).last).toMatchObject({ outcome: 'issued', grant: 'exchange' });
  });
});

describe('events', () => {
  const source = { issuer: ISSUER, clientId: 'orders-api', grant: 'client_credentials' };

  it('say how long a token is valid, counted from its request', async () => {
    const { source: tokens, clock, events } = aSource();
    await tokens.token();
    clock.pass(HOUR_MS - 300_000);
    await tokens.token();
    await settled();
    const facts = { ...source, expiresInSec: 3_600, binding: 'none' };
    expect(events).toEqual([
      { type: 'token.fetched', ...facts },
      { type: 'token.refreshed', ...facts },
    ]);
  });

  it('say what is known of a failure, and no more', async () => {
    const failed = async (onToken: () => Response | Promise<Response>) => {
      const { source: tokens, server, events } = aSource();
      server.onToken = onToken;
      await tokens.token().catch(() => {});
      return events;
    };
    const event = { type: 'token.failed', ...source, retryInSec: expect.any(Number) };
    expect(await failed(() => refused(400, 'invalid_scope'))).toStrictEqual([
      { ...event, cause: 'request_refused', status: 400, error: 'invalid_scope' },
    ]);
    expect(await failed(() => refused(503))).toStrictEqual([
      { ...event, cause: 'issuer_unavailable', status: 503 },
    ]);
    const down = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const fetchFailed = new TypeError('fetch failed', { cause: down });
    expect(await failed(() => Promise.reject(fetchFailed))).toStrictEqual([
      { ...event, cause: 'issuer_unreachable', code: 'ECONNREFUSED' },
    ]);
  });

  it('say which caller’s token an API did not accept', async () => {
    const { source: tokens, server, clock, events } = aSource();
    await tokens.token();
    await tokens.onBehalfOf('opaque').token();
    clock.pass(10_000);
    server.onApi = () => challenge(INVALID_TOKEN);
    await tokens.fetch(`${API}/`);
    await tokens.onBehalfOf('opaque').fetch(`${API}/`);
    expect(events.filter(({ type }) => type === 'token.rejected')).toEqual([
      { type: 'token.rejected', ...source },
      { type: 'token.rejected', ...source, grant: 'exchange' },
    ]);
  });
});

describe('a client with a certificate', () => {
  const ALIASES = { mtls_endpoint_aliases: { token_endpoint: `${ISSUER}/certificate/token` } };

  it('uses the endpoint for certificates, and every other client uses the usual one', async () => {
    const { source, server } = aSource();
    server.metadata = { ...server.metadata, ...ALIASES };
    await source.token();
    const client = tlsClientAuth('orders-api', { fetch: server.fetch });
    await aSource({ client, fetch: server.fetch }).source.token();
    expect(server.tokenRequests.map(({ url }) => url)).toEqual([
      `${ISSUER}/token`,
      `${ISSUER}/certificate/token`,
    ]);
  });

  /** A source whose certificate the test sets, and whose use of it the test sees. */
  function withCertificate(options: Partial<TokenSourceOptions> = {}) {
    const server = aServer();
    const state = { tag: 'one' as string | Promise<string>, closed: 0 };
    const fetch = Object.assign(server.fetch.bind(undefined), {
      certificateTag: async () => state.tag,
      async close() {
        state.closed += 1;
        throw new Error('closed already');
      },
    });
    const client = tlsClientAuth('orders-api', { fetch });
    return { state, ...aSource({ client, fetch: server.fetch, ...options }), server };
  }

  it('keeps its tokens, also exchanged ones, while the certificate is the same', async () => {
    const { source, server, state } = withCertificate();
    const use = async () => {
      await source.token();
      await source.onBehalfOf('opaque').token();
      return server.tokenRequests.length;
    };
    expect([await use(), await use()]).toEqual([2, 2]);
    state.tag = 'two';
    expect([await use(), await use()]).toEqual([4, 4]);
  });

  it('that cannot be read in time causes an outage, and a caller waits no longer than its signal allows', async () => {
    const { source, state } = withCertificate({ timeoutMs: 50 });
    await source.token();
    state.tag = new Promise<string>(() => {});
    const caller = new AbortController();
    const [patient, impatient] = [source.token(), source.token({ signal: caller.signal })];
    caller.abort(new Error('gone'));
    await expect(impatient).rejects.toThrow('gone');
    await expect(patient).rejects.toMatchObject({ reason: 'credentials_unavailable', status: 503 });
    state.tag = 'one';
    expect((await source.token()).accessToken).toBe('token-1');
  });

  it('drops every token that was bound to an old certificate, also of callers no longer in the cache', async () => {
    const { source, server, state } = withCertificate({ maxSubjects: 1 });
    const asAda = source.onBehalfOf('ada');
    for (let call = 0; call < 2; call++) await asAda.token();
    await source.onBehalfOf('bob').token();
    const before = server.tokenRequests.length;
    state.tag = 'two';
    await asAda.token();
    expect(server.tokenRequests.length).toBe(before + 1);
  });

  it('that was replaced does not let a request for a token go on after its source was closed', async () => {
    const { source, server, state } = withCertificate();
    await source.onBehalfOf('ada').token();
    server.onToken = () => new Promise(() => {});
    const waiting: Promise<unknown>[] = [];
    for (const tag of ['one', 'two']) {
      state.tag = tag;
      waiting.push(source.token(), source.onBehalfOf('bob').token());
      await settled();
    }
    const running = server.tokenRequests.slice(-4).map(({ signal }) => signal);
    source.close();
    for (const each of waiting) await expect(each).rejects.toMatchObject({ reason: 'closed' });
    expect(running.map((signal) => signal?.aborted)).toEqual([true, true, true, true]);
  });

  it('is closed with its source, and a failure to close it harms nobody', async () => {
    const { source, state } = withCertificate();
    await source.token();
    source.close();
    await settled();
    expect(state.closed).toBe(1);
    await expect(source.token()).rejects.toMatchObject({ reason: 'closed' });
  });
});

describe('close', () => {
  it('ends the requests that are on their way, and every later call fails', async () => {
    const { source, server } = aSource();
    server.onToken = () => new Promise(() => {});
    const waiting = source.token();
    await settled();
    source.close();
    await expect(waiting).rejects.toMatchObject({ reason: 'closed' });
    expect(server.tokenRequests[0]?.signal?.aborted).toBe(true);
    await expect(source.token()).rejects.toMatchObject({ reason: 'closed' });
    await expect(source.fetch(`${API}/`)).rejects.toMatchObject({ reason: 'closed' });
    await expect(source.onBehalfOf('x').token()).rejects.toMatchObject({ reason: 'closed' });
  });

  it('ends a call that waits for a vault', async () => {
    const vault = deferred<string>();
    const secrets: (string | Promise<string>)[] = ['wrong', 'wrong', vault.promise];
    const { source, server, clock } = aSource({
      client: clientSecretPost('orders-api', () => secrets.shift() ?? 'wrong'),
    });
    server.onToken = () => refused(401);
    await expect(source.token()).rejects.toMatchObject({ reason: 'client_refused' });
    clock.pass(1_000);
    const waiting = source.token();
    await settled();
    source.close();
    vault.resolve('right');
    await expect(waiting).rejects.toMatchObject({ reason: 'closed' });
    expect(server.tokenRequests).toHaveLength(1);
  });

  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const before = timers();
    const { source } = aSource();
    await source.token();
    expect(timers()).toEqual(before);
  });
});

it('a source needs no more than an issuer and a client', async () => {
  const server = aServer();
  const client = clientSecretPost('a', 'b');
  const source = tokenSource({ issuer: ISSUER, client, fetch: server.fetch });
  await source.token();
  expect(Object.fromEntries(server.tokenRequests[0]?.form ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'a',
    client_secret: 'b',
  });
});
