import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createBackOff } from '../src/back-off.ts';
import { createDelegatedTokens } from '../src/delegated-tokens.ts';
import { clientSecretPost, type TokenSourceOptions } from '../src/index.ts';
import type { IssuedToken } from '../src/issued-token.ts';
import {
  API,
  aClock,
  aJwt,
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

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const NOW = NOW_MS / 1_000;
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const ADA = aJwt({ sub: 'ada', exp: NOW + 3_600 });
const BOB = aJwt({ sub: 'bob', exp: NOW + 3_600 });

/** A source whose server gives tokens that name their caller. */
function anExchange(options: Partial<TokenSourceOptions> = {}) {
  const setUp = aSource(options);
  setUp.server.onToken = ({ form }, count) => {
    const [, payload = ''] = (form.get('subject_token') ?? '').split('.');
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}');
    return issued(`${count}-for-${sub}`, { issued_token_type: ACCESS_TOKEN });
  };
  return setUp;
}

describe('the request for an exchange', () => {
  const sent = async (options: Partial<TokenSourceOptions>) => {
    const { source, server } = aSource({
      client: clientSecretPost('orders-api', 's3cret'),
      ...options,
    });
    server.onToken = () => issued('exchanged');
    await source.onBehalfOf(ADA).token();
    const form = [...(server.tokenRequests[0]?.form ?? [])];
    return form.filter(([name]) => !name.startsWith('client_'));
  };

  it('[RFC8693-2.1-a] [RFC8693-2.1-b] [RFC8693-2.1-c] [RFC8693-2.1-d] has the parameters of RFC 8693 §2.1', async () => {
    expect(await sent({ scope: 'read' })).toEqual([
      ['subject_token', ADA],
      ['subject_token_type', ACCESS_TOKEN],
      ['requested_token_type', ACCESS_TOKEN],
      ['resource', API],
      ['scope', 'read'],
      ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    ]);
  });

  it.each(['keycloak', 'auth0'] as const)(
    '[RFC8693-2.1-e] names an audience at %s, and no resource',
    async (exchange) => {
      expect(await sent({ exchange, parameters: { audience: 'ledger-api' } })).toEqual([
        ['subject_token', ADA],
        ['subject_token_type', ACCESS_TOKEN],
        ['requested_token_type', ACCESS_TOKEN],
        ['audience', 'ledger-api'],
        ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      ]);
    },
  );

  it('[RFC7523-2.1-a] is an on-behalf-of assertion at Entra', async () => {
    expect(await sent({ exchange: 'entra', scope: 'api://ledger/.default' })).toEqual([
      ['assertion', ADA],
      ['requested_token_use', 'on_behalf_of'],
      ['scope', 'api://ledger/.default'],
      ['grant_type', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
    ]);
  });
});

describe('exchanged tokens', () => {
  it('are fetched once for each caller, however many calls come at the same time', async () => {
    const { source, server } = anExchange();
    const tokens = await Promise.all(
      Array.from({ length: 200 }, async (_each, index) => {
        const token = await source.onBehalfOf(index % 2 === 0 ? ADA : BOB).token();
        return `${index % 2 === 0 ? 'ada' : 'bob'} ${token.accessToken}`;
      }),
    );
    expect(new Set(tokens)).toEqual(new Set(['ada 1-for-ada', 'bob 2-for-bob']));
    expect(server.tokenRequests).toHaveLength(2);
    expect((await source.token()).accessToken).toBe('3-for-undefined');
  });

  it('are sent instead of the caller’s token', async () => {
    const { source, server, events } = anExchange();
    await source.onBehalfOf(ADA).fetch(`${API}/x`);
    expect(server.apiRequests[0]?.headers.get('authorization')).toBe('Bearer 1-for-ada');
    expect(events).toMatchObject([{ type: 'token.fetched', grant: 'exchange' }]);
  });

  it('are never used after the caller’s token has expired', async () => {
    const { source, server, clock } = anExchange();
    const short = aJwt({ sub: 'ada', exp: NOW + 7 });
    const asAda = source.onBehalfOf(short);
    await asAda.token();
    clock.pass(6_999);
    await asAda.token();
    await settled();
    // A refresh could not give a token that lives longer.
    expect(server.tokenRequests).toHaveLength(1);
    clock.pass(1);
    await expect(asAda.token()).rejects.toMatchObject({ reason: 'subject_expired' });
    await expect(source.onBehalfOf(short).token()).rejects.toMatchObject({
      reason: 'subject_expired',
    });
    expect(server.tokenRequests).toHaveLength(1);
  });

  it('are not requested when the caller’s token has already expired', async () => {
    const { source, server } = anExchange();
    const over = source.onBehalfOf(aJwt({ exp: NOW }));
    await expect(over.token()).rejects.toMatchObject({ reason: 'subject_expired', status: 500 });
    await expect(over.fetch(API)).rejects.toMatchObject({ reason: 'subject_expired' });
    expect(server.tokenRequests).toEqual([]);
  });

  it('are refreshed before they expire while the caller’s token is still valid', async () => {
    const { source, server, clock } = anExchange();
    server.onToken = (_request, count) => issued(`t${count}`, { expires_in: 100 });
    const asAda = source.onBehalfOf(ADA);
    await asAda.token();
    clock.pass(80_000);
    await asAda.token();
    await settled();
    expect((await asAda.token()).accessToken).toBe('t2');
  });

  it('are requested again each minute if the end of the caller’s opaque token is not known', async () => {
    const { source, server, clock } = anExchange();
    server.onToken = (_request, count) => issued(`t${count}`);
    const asAda = source.onBehalfOf('opaque');
    await asAda.token();
    clock.pass(59_999);
    expect((await asAda.token()).accessToken).toBe('t1');
    clock.pass(1);
    expect((await asAda.token()).accessToken).toBe('t2');
    expect((await source.onBehalfOf('opaque').token()).accessToken).toBe('t2');
  });

  it.each(['N_A', 'mac', '', undefined])(
    '[RFC8693-2.2.1-b] [RFC6749-7.1-a] must have a usable type, and not %j',
    async (token_type) => {
      const { source, server } = anExchange();
      server.onToken = () => issued('x', { token_type, issued_token_type: ACCESS_TOKEN });
      await expect(source.onBehalfOf(ADA).token()).rejects.toMatchObject({
        reason: 'answer_unusable',
      });
    },
  );

  it('must not be the caller’s token itself', async () => {
    const { source, server } = anExchange();
    server.onToken = () => issued(ADA);
    await expect(source.onBehalfOf(ADA).fetch(API)).rejects.toMatchObject({
      reason: 'not_exchanged',
    });
    expect(server.apiRequests).toEqual([]);
  });

  it.each([
    'urn:ietf:params:oauth:token-type:refresh_token',
    'urn:ietf:params:oauth:token-type:id_token',
    '',
    7,
  ])('[RFC8693-2.2.1-a] must be access tokens, and not %j', async (type) => {
    const { source, server } = anExchange();
    server.onToken = () => issued('x', { issued_token_type: type });
    await expect(source.onBehalfOf(ADA).token()).rejects.toMatchObject({
      reason: 'answer_unusable',
    });
  });

  it('are kept only for the callers of the latest calls (64)', async () => {
    const { source, server } = anExchange({ maxSubjects: 10 });
    server.onToken = (_request, count) => issued(`t${count}`);
    const token = (index: number) => source.onBehalfOf(aJwt({ n: index, exp: NOW + 600 })).token();
    for (let index = 0; index < 50; index++) await token(index);
    await token(49);
    await token(40);
    expect(server.tokenRequests).toHaveLength(50);
    await token(39);
    expect(server.tokenRequests).toHaveLength(51);
  });

  it('are fetched again for a caller who was dropped from the cache, if the application still holds that caller’s object', async () => {
    const { source, server } = anExchange({ maxSubjects: 1 });
    const asAda = source.onBehalfOf(ADA);
    for (let call = 0; call < 2; call++) {
      expect((await asAda.token()).accessToken).toBe('1-for-ada');
    }
    expect((await source.onBehalfOf(BOB).token()).accessToken).toBe('2-for-bob');
    expect((await asAda.token()).accessToken).toBe('3-for-ada');
    expect((await source.onBehalfOf(ADA).token()).accessToken).toBe('3-for-ada');
    expect(server.tokenRequests).toHaveLength(3);
  });

  it('that were requested for a caller who is then dropped still arrive, and end when the source is closed', async () => {
    const { source, server } = anExchange({ maxSubjects: 1 });
    const [first, second] = [deferred<Response>(), deferred<Response>()];
    server.onToken = (_request, count) => [first.promise, second.promise][count - 1] ?? issued('x');
    const early = source.onBehalfOf(ADA).token();
    await settled();
    const late = source.onBehalfOf(BOB).token();
    await settled();
    await source.onBehalfOf(aJwt({ sub: 'eve', exp: NOW + 3_600 })).token();
    first.resolve(issued('for-ada'));
    expect((await early).accessToken).toBe('for-ada');
    source.close();
    await expect(late).rejects.toMatchObject({ reason: 'closed' });
  });

  it('are available again after a wrong system clock is corrected', async () => {
    const { source, clock } = anExchange();
    clock.jump(86_400_000);
    await expect(source.onBehalfOf(ADA).token()).rejects.toMatchObject({
      reason: 'subject_expired',
    });
    clock.jump(-86_400_000);
    expect((await source.onBehalfOf(ADA).token()).accessToken).toBe('1-for-ada');
  });

  it('are requested for sixty-four callers at once, and the other callers wait', async () => {
    const { source, server } = anExchange();
    const open: ReturnType<typeof deferred<Response>>[] = [];
    server.onToken = () => {
      const answer = deferred<Response>();
      open.push(answer);
      return answer.promise;
    };
    const all = Array.from({ length: 100 }, (_each, n) =>
      source.onBehalfOf(aJwt({ n, exp: NOW + 600 })).token(),
    );
    await settled();
    expect(open).toHaveLength(64);
    for (let index = 0; index < 100; index++) {
      open[index]?.resolve(issued(`t${index}`));
      await settled();
    }
    expect(new Set((await Promise.all(all)).map(({ accessToken }) => accessToken)).size).toBe(100);
  });

  it('are not shown when anything is printed, and neither is the caller’s token', async () => {
    const { source } = anExchange();
    const asAda = source.onBehalfOf(ADA);
    const token = await asAda.token();
    const text = inspect([source, asAda, token], { depth: 9, showHidden: true, getters: true });
    expect(text).not.toContain('for-ada');
    expect(text).not.toContain(ADA);
  });

  it('that an API does not accept are replaced for that caller only', async () => {
    const { source, server, clock } = anExchange();
    const asAda = source.onBehalfOf(ADA);
    await Promise.all([asAda.token(), source.onBehalfOf(BOB).token()]);
    clock.pass(5_000);
    server.onApi = (_request, count) => (count === 1 ? challenge(INVALID_TOKEN) : new Response());
    await asAda.fetch(API);
    expect(server.apiRequests.at(-1)?.headers.get('authorization')).toBe('Bearer 3-for-ada');
    expect((await source.onBehalfOf(BOB).token()).accessToken).toBe('2-for-bob');
  });
});

describe('exchanged tokens of 100,000 callers (64)', () => {
  const CALLERS = 100_000;
  const KEPT = 100;

  it('leave only the last hundred in memory, and no caller ever gets the token of another', async () => {
    let exchanges = 0;
    /** Every tenth caller, since watching every one would take longer than the exchanges. */
    const looked: WeakRef<IssuedToken>[] = [];
    const mixed: string[] = [];
    const delegated = createDelegatedTokens({
      issuer: ISSUER,
      clientId: 'orders-api',
      maxSubjects: KEPT,
      clock: aClock(),
      random: () => 0.5,
      spread: 1,
      timeoutMs: 10_000,
      server: createBackOff({ now: () => 0, random: () => 0.5 }),
      report: { fetched() {}, failed() {}, sameAgain() {} },
      async exchange(subject) {
        const issuedToken: IssuedToken = {
          value: `for-${subject}`,
          type: 'Bearer',
          lifeSec: 3_600,
          scopes: [],
          audience: undefined,
          requestedAt: 1_000_000,
        };
        if (exchanges % 10 === 0) looked.push(new WeakRef(issuedToken));
        exchanges += 1;
        return issuedToken;
      },
    });
    async function call(index: number): Promise<void> {
      const keeper = delegated.keeperFor({ token: `caller-${index}`, expiresAt: NOW + 600 });
      const { accessToken } = await keeper.get();
      if (accessToken !== `for-caller-${index}`) mixed.push(`${index} got ${accessToken}`);
    }
    // Each batch has as many callers as the cache keeps. Some of them were in the batch before.
    for (let first = 0; first < CALLERS; first += KEPT / 2) {
      const again = Math.max(first - KEPT / 2, 0);
      await Promise.all(
        Array.from({ length: first + KEPT / 2 - again }, (_, n) => call(again + n)),
      );
      // A `WeakRef` that was read keeps its object until the turn ends.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(mixed).toEqual([]);
    expect(exchanges).toBe(CALLERS);
    await settled();
    collect();
    const alive = looked.filter((reference) => reference.deref() !== undefined);
    expect(alive).toEqual(looked.slice(-KEPT / 10));
  });
});

describe('a failed exchange', () => {
  it.each(['invalid_request', 'invalid_grant', 'access_denied', 'interaction_required'] as const)(
    '[RFC8693-2.2.2-a] with %s stops requests for this caller only, for half a minute',
    async (error) => {
      const { source, server, clock } = anExchange();
      const asUsual = server.onToken;
      server.onToken = () => refused(400, error);
      const asAda = source.onBehalfOf(ADA);
      for (let call = 0; call < 3; call++) {
        await expect(asAda.token()).rejects.toMatchObject({
          reason: 'subject_refused',
          serverError: error,
          status: 500,
        });
      }
      expect(server.tokenRequests).toHaveLength(1);
      server.onToken = asUsual;
      await source.onBehalfOf(BOB).token();
      await source.token();
      clock.pass(30_000);
      expect((await asAda.token()).accessToken).toContain('for-ada');
    },
  );

  it('[RFC8693-2.2.2-b] [RFC8707-2-c] with invalid_target is reported as an error in the request', async () => {
    const { source, server } = anExchange();
    server.onToken = () => refused(400, 'invalid_target');
    await expect(source.onBehalfOf(ADA).token()).rejects.toMatchObject({
      reason: 'request_refused',
    });
  });

  it.each([500, 501, 599])(
    'with %i is perhaps about the token of this caller, who alone waits',
    async (status) => {
      const { source, server, clock } = anExchange();
      const asUsual = server.onToken;
      const asAda = source.onBehalfOf(ADA);
      for (let call = 0; call < 10; call++) {
        server.onToken = () => refused(status);
        await expect(asAda.token()).rejects.toMatchObject({ reason: 'issuer_unavailable' });
        await expect(asAda.token()).rejects.toMatchObject({ reason: 'issuer_unavailable' });
        expect(server.tokenRequests).toHaveLength(2 * call + 1);
        server.onToken = asUsual;
        await source.onBehalfOf(aJwt({ sub: 'bob', call, exp: NOW + 3_600 })).token();
        clock.pass(30_000);
      }
      await source.token();
      expect((await asAda.token()).accessToken).toContain('for-ada');
    },
  );

  it('with 500 does not end the wait for a server that is down', async () => {
    const { source, server, clock } = anExchange();
    server.onToken = () => refused(503);
    await expect(source.token()).rejects.toMatchObject({ serverStatus: 503 });
    clock.pass(30_000);
    server.onToken = () => refused(500);
    await expect(source.onBehalfOf(ADA).token()).rejects.toMatchObject({ serverStatus: 500 });
    const answer = deferred<Response>();
    server.onToken = () => answer.promise;
    const trial = source.token();
    await settled();
    await expect(source.onBehalfOf(BOB).token()).rejects.toMatchObject({ serverStatus: 503 });
    answer.resolve(issued('up'));
    await trial;
  });

  it('of a server that is down makes all callers wait, and one of them tries again', async () => {
    const { source, server, clock } = anExchange();
    const asUsual = server.onToken;
    server.onToken = () => refused(503);
    const call = (n: number) => source.onBehalfOf(aJwt({ n, exp: NOW + 600 })).token();
    await expect(call(0)).rejects.toMatchObject({ reason: 'issuer_unavailable' });
    const others = await Promise.allSettled(Array.from({ length: 100 }, (_each, n) => call(n + 1)));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['rejected']));
    await expect(source.token()).rejects.toMatchObject({ reason: 'issuer_unavailable' });
    expect(server.tokenRequests).toHaveLength(1);
    clock.pass(30_000);
    const answer = deferred<Response>();
    server.onToken = () => answer.promise;
    const trial = call(0);
    await settled();
    await expect(call(1)).rejects.toMatchObject({ reason: 'issuer_unavailable' });
    expect(server.tokenRequests).toHaveLength(2);
    answer.resolve(issued('up'));
    await trial;
    server.onToken = asUsual;
    await call(1);
  });
});

describe('the caller', () => {
  it.each(['', 'Bearer x', 'a\nb', undefined, null, 7])('is no %j', (subject) => {
    const { source } = anExchange();
    expect(() => source.onBehalfOf(subject as never)).toThrow('source.onBehalfOf(request)');
  });

  it('is not known for a request that authenticate has not seen', () => {
    const { source } = anExchange();
    expect(() => source.onBehalfOf({})).toThrow('authenticate has not run');
  });
});
