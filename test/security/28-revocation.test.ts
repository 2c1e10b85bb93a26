import {
  type AnyResourceServerOptions,
  memoryRevocations,
  type RevocationOptions,
  type RevocationStore,
  type Revocations,
} from '@authly/core';
import { custom, rfc9068 } from '@authly/core/providers';
import { type TestIssuer, testIssuer } from '@authly/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aBoundProof, aBoundToken } from '../support/bound.ts';
import { foreignPromises } from '../support/foreign-promises.ts';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { ACTIVE_USER, anIntrospectingApi } from '../support/introspecting-api.ts';
import {
  AUDIENCE,
  aClientToken,
  aClock,
  aToken,
  type FakeClock,
  ISSUER,
  issuer,
  NOW,
} from '../support/tokens.ts';
import { aTarget, expectRefusal, type Target, watchRejections } from './support/attack.ts';
import { LIVES_TOO_LONG, REVOCATION_UNAVAILABLE, REVOKED } from './support/refusals.ts';

// Row 28: what was revoked stays out, in whatever form it comes back, and an outage lets nobody in unasked.

const rejections = watchRejections();
const open: Target[] = [];
beforeEach(() => {
  vi.useRealTimers();
});
afterEach(async () => {
  for (const target of open.splice(0)) target.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(rejections).toEqual([]);
});

interface Setup {
  readonly framework: Framework;
  readonly options?: Partial<AnyResourceServerOptions>;
  readonly optional?: boolean;
}

/** An API whose revocations are in memory, without tolerance unless said otherwise. */
async function anApi(
  { framework, options = {}, optional = false }: Setup,
  store: { readonly retainSec?: number; readonly toleranceSec?: number } = { toleranceSec: 0 },
): Promise<{ target: Target; revocations: Revocations; clock: FakeClock }> {
  const clock = aClock();
  const revocations = memoryRevocations({ clock, ...store });
  const { toleranceSec: clockToleranceSec } = revocations;
  const revocation = { store: revocations };
  const target = await aTarget(framework, {
    options: { clock, clockToleranceSec, revocation, ...options },
    optional,
  });
  open.push(target);
  return { target, revocations, clock };
}

/** An API that asks a store of somebody else's. */
async function asking(
  framework: Framework,
  isRevoked: (...args: never) => unknown,
  options: Partial<RevocationOptions> = {},
): Promise<Target> {
  const store = { retainSec: 3_600, isRevoked } as RevocationStore;
  const target = await aTarget(framework, {
    options: { revocation: { store, ...options } },
  });
  open.push(target);
  return target;
}

/** The same token with the other signature that is good for it: ECDSA does not tell s from n − s. */
function withOtherSignature(token: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const other = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex');
  return [
    header,
    payload,
    Buffer.concat([bytes.subarray(0, 32), other]).toString('base64url'),
  ].join('.');
}

describe.each(frameworks)('row 28: what was revoked, in $name', (framework) => {
  const aPair = (): readonly TestIssuer[] =>
    ['https://a.example.com', 'https://b.example.com'].map((iss) =>
      testIssuer({ issuer: iss, audience: AUDIENCE, clock: aClock() }),
    );

  it('is refused from the next request on, also from the cache, and other callers are not', async () => {
    const { target, revocations } = await anApi({ framework });
    const token = aToken();
    const other = aToken({ sub: 'bob', jti: 'token-2' });
    for (const each of [token, other, token]) {
      expect((await target.send({ token: each })).status).toBe(200);
    }
    await revocations.revokeSubject({ issuer: ISSUER, subject: 'ada' });
    expectRefusal(await target.send({ token }), REVOKED);
    expectRefusal(await target.send({ token: aToken({ jti: 'token-3' }) }), REVOKED);
    expect((await target.send({ token: other })).status).toBe(200);
  });

  it.each<readonly [string, (revocations: Revocations, key: string) => Promise<unknown>]>([
    ['token', (store) => store.revokeToken({ issuer: ISSUER, tokenId: 'token-1' })],
    ['session', (store) => store.revokeSession({ issuer: ISSUER, sessionId: 's-1' })],
    ['subject', (store) => store.revokeSubject({ issuer: ISSUER, subject: 'ada' })],
    ['principal', (store, key) => store.revokePrincipal(key)],
    ['client', (store) => store.revokeClient({ issuer: ISSUER, clientId: 'web-app' })],
    ['issuer', (store) => store.revokeIssuer({ issuer: ISSUER })],
  ])(
    'is refused by its %s, and accepted again after the mark is cleared',
    async (_kind, revoke) => {
      const { target, revocations } = await anApi({ framework });
      const token = aToken({ sid: 's-1' });
      const { key } = JSON.parse((await target.send({ token })).body);
      await revoke(revocations, key);
      expectRefusal(await target.send({ token }), REVOKED);
      for (const mark of await revocations.list()) await revocations.clear(mark);
      expect((await target.send({ token })).status).toBe(200);
    },
  );

  it('a revoked client is refused, for itself and for users who call through it', async () => {
    const { target, revocations } = await anApi({ framework });
    await revocations.revokeClient({ issuer: ISSUER, clientId: 'nightly-sync' });
    expectRefusal(await target.send({ token: aClientToken() }), REVOKED);
    expectRefusal(await target.send({ token: aToken({ client_id: 'nightly-sync' }) }), REVOKED);
    expect((await target.send({ token: aToken() })).status).toBe(200);
  });

  it('case 89: the same jti, session and subject of another issuer is accepted', async () => {
    const [a, b] = aPair();
    const issuers = [a, b].map((each) => ({
      ...rfc9068({ issuer: each?.issuer ?? '', jwks: each?.jwks ?? { keys: [] } }),
      audience: AUDIENCE,
    }));
    const { target, revocations } = await anApi({ framework, options: { issuers } });
    const claims = { sub: 'ada', jti: 'same', sid: 'same' };
    const iss = a?.issuer ?? '';
    await revocations.revokeToken({ issuer: iss, tokenId: 'same' });
    await revocations.revokeSession({ issuer: iss, sessionId: 'same' });
    await revocations.revokeSubject({ issuer: iss, subject: 'ada' });
    expectRefusal(await target.send({ token: a?.aUserToken(claims) ?? '' }), REVOKED);
    expect((await target.send({ token: b?.aUserToken(claims) ?? '' })).status).toBe(200);
  });

  it('case 90: a token of the same second is refused, and one of the next second passes', async () => {
    const { target, revocations, clock } = await anApi({ framework });
    clock.advance(400);
    await revocations.revokePrincipal(`user:${encodeURIComponent(ISSUER)}:ada`);
    const at = (iat: number) => target.send({ token: aToken({ iat, jti: String(iat) }) });
    expectRefusal(await at(NOW), REVOKED);
    expect((await at(NOW + 1)).status).toBe(200);
  });

  it('a token whose issuer has a clock that is ahead is refused, too', async () => {
    const { target, revocations } = await anApi({ framework }, { toleranceSec: 5 });
    const token = aToken({ iat: NOW + 3 });
    expect((await target.send({ token })).status).toBe(200);
    await revocations.revokePrincipal(`user:${encodeURIComponent(ISSUER)}:ada`);
    expectRefusal(await target.send({ token }), REVOKED);
    expect((await target.send({ token: aToken({ iat: NOW + 6, jti: 'later' }) })).status).toBe(200);
  });

  it('case 91: a token without iat is refused while there is a mark, and one without jti if its text is revoked', async () => {
    const preset = custom({ issuer: ISSUER, jwks: issuer.jwks, classify: () => 'user' });
    const { target, revocations } = await anApi({
      framework,
      options: { issuer: preset, audience: AUDIENCE },
    });
    const dateless = aToken({ iat: undefined });
    expect((await target.send({ token: dateless })).status).toBe(200);
    await revocations.revokeSubject(
      { issuer: ISSUER, subject: 'ada' },
      { issuedBefore: NOW - 600 },
    );
    expectRefusal(await target.send({ token: dateless }), REVOKED);

    const [one, two] = [
      aToken({ sub: 'bob', jti: undefined }),
      aToken({ sub: 'eve', jti: undefined }),
    ];
    await revocations.revokeToken({ token: one });
    expectRefusal(await target.send({ token: one }), REVOKED);
    expect((await target.send({ token: two })).status).toBe(200);
  });

  it('a token with another valid signature counts as the same token', async () => {
    const { target, revocations } = await anApi({ framework });
    const token = aToken();
    const twin = withOtherSignature(token);
    expect((await target.send({ token: twin })).status).toBe(200);
    await revocations.revokeToken({ token });
    expectRefusal(await target.send({ token }), REVOKED);
    expectRefusal(await target.send({ token: twin }), REVOKED);
  });

  it('case 92: an older mark that comes late changes nothing, and a mark far in the future refuses nobody for long', async () => {
    const { target, revocations, clock } = await anApi({ framework });
    const key = `user:${encodeURIComponent(ISSUER)}:ada`;
    await revocations.revokePrincipal(key);
    await revocations.revokePrincipal(key, { issuedBefore: NOW - 600 });
    expectRefusal(await target.send({ token: aToken() }), REVOKED);
    await revocations.revokePrincipal(key, { issuedBefore: NOW + 365 * 86_400 });
    clock.advanceSec(61);
    const again = aToken({ iat: NOW + 61, jti: 'again' });
    expect((await target.send({ token: again })).status).toBe(200);
  });

  it('case 93: a token that would outlive its mark is refused, and the event says why', async () => {
    const { target, revocations, clock } = await anApi({ framework }, { retainSec: 86_400 });
    const month = { exp: NOW + 30 * 86_400 };
    expectRefusal(await target.send({ token: aToken(month) }), LIVES_TOO_LONG);
    expect(target.events).toContainEqual({
      type: 'request.refused',
      code: 'invalid_token',
      reason: 'lifetime_too_long',
      issuerName: ISSUER,
      hint: expect.stringContaining('retainSec'),
      kind: 'user',
    });
    // And the longest-lived that is accepted never comes back.
    const day = aToken({ exp: NOW + 86_400 });
    expect((await target.send({ token: day })).status).toBe(200);
    await revocations.revokeToken({ token: day });
    for (const hours of [1, 12, 23, 24]) {
      clock.set((NOW + hours * 3_600) * 1_000);
      expectRefusal(await target.send({ token: day }), REVOKED);
    }
    clock.advanceSec(4.999);
    expectRefusal(await target.send({ token: day }), REVOKED);
    clock.advanceSec(0.001);
    expect((await target.send({ token: day })).body).toContain('expired');
  });

  it('case 97: it is not let in as anonymous if authentication is optional', async () => {
    const { target, revocations } = await anApi({ framework, optional: true });
    await revocations.revokeIssuer({ issuer: ISSUER });
    expectRefusal(await target.send({ token: aToken() }), REVOKED);
    expect((await target.send({})).status).toBe(200);
  });

  it('case 73: an opaque token is refused at once, although its answer is cached', async () => {
    const revocations = memoryRevocations({ clock: aClock() });
    const api = await anIntrospectingApi(framework, {
      options: { revocation: { store: revocations } },
    });
    api.endpoint.answer(ACTIVE_USER);
    expect((await api.call('opaque-1')).status).toBe(200);
    await revocations.revokeToken({ token: 'opaque-1' });
    expect((await api.call('opaque-1')).status).toBe(401);
    expect((await api.call('opaque-2')).status).toBe(200);
    await revocations.revokeSubject({ issuer: api.endpoint.issuer, subject: 'dana' });
    expect((await api.call('opaque-2')).status).toBe(401);
    expect(api.reasons()).toEqual(['token_revoked', 'token_revoked']);
    expect(api.endpoint.questions).toHaveLength(2);
  });

  it('case 33: a bound token is refused before its proof is marked: the proof is still good afterwards', async () => {
    const { target, revocations } = await anApi({ framework, options: { dpop: 'required' } });
    const token = aBoundToken();
    const proof = aBoundProof(token);
    const headers = [
      ['authorization', `DPoP ${token}`],
      ['dpop', proof],
    ] as const;
    const mark = await revocations.revokeSubject({ issuer: ISSUER, subject: 'ada' });
    expect((await target.send({ headers })).status).toBe(401);
    expect(target.events.at(-1)).toMatchObject({ reason: 'token_revoked' });
    await revocations.clear(mark);
    expect((await target.send({ headers })).status).toBe(200);
    expect((await target.send({ headers })).status).toBe(401);
    expect(target.events.at(-1)).toMatchObject({ reason: 'proof_replayed' });
  });

  it('is refused by every API that shares the store', async () => {
    const first = await anApi({ framework });
    const revocation = { store: first.revocations };
    const second = await anApi({ framework, options: { revocation } });
    await first.revocations.revokeSubject({ issuer: ISSUER, subject: 'ada' });
    expectRefusal(await first.target.send({ token: aToken() }), REVOKED);
    expectRefusal(await second.target.send({ token: aToken() }), REVOKED);
  });

  it('does not appear in events', async () => {
    const { target, revocations } = await anApi({ framework });
    await revocations.revokeSession({ issuer: ISSUER, sessionId: 'secret-session' });
    const token = aToken({ sid: 'secret-session' });
    expectRefusal(await target.send({ token }), REVOKED);
    const text = JSON.stringify(target.events);
    for (const secret of ['secret-session', 'token-1', 'ada', token]) {
      expect(text).not.toContain(secret);
    }
  });
});

/** What clients of Redis and databases reject with; each is an outage, and none means "not revoked". */
const FAULTS: readonly (readonly [string, () => unknown])[] = [
  [
    'OOM',
    () => Promise.reject(new Error("OOM command not allowed when used memory > 'maxmemory'")),
  ],
  ['READONLY', () => Promise.reject(new Error("READONLY You can't write against a replica"))],
  ['NOAUTH', () => Promise.reject(new Error('NOAUTH Authentication required'))],
  ['LOADING', () => Promise.reject(new Error('LOADING Redis is loading the dataset in memory'))],
  [
    'an exception',
    () => {
      throw new Error('The client is closed');
    },
  ],
  ['no answer of a table', async () => undefined],
  ...foreignPromises.map(
    ({ name, rejected }) => [`a rejection by ${name}`, () => rejected(new Error('down'))] as const,
  ),
];

describe.each(frameworks)('row 28: an outage of the store, in $name', (framework) => {
  it.each(FAULTS)(
    'cases 94 and 96: %s causes a 503, until the store is back',
    async (_what, fails) => {
      let isUp = false;
      const target = await asking(framework, () => (isUp ? false : fails()));
      for (let times = 0; times < 2; times++) {
        expectRefusal(await target.send({ token: aToken() }), REVOCATION_UNAVAILABLE);
      }
      isUp = true;
      expect((await target.send({ token: aToken() })).status).toBe(200);
      const told = target.events.filter(({ type }) => type.startsWith('store.'));
      expect(told).toEqual([
        { type: 'store.failed', store: 'revocation', outcome: 'refused' },
        { type: 'store.recovered', store: 'revocation' },
      ]);
    },
  );

  it.each(FAULTS)(
    'with onOutage: accept, %s lets tokens in, and one event reports it',
    async (_what, fails) => {
      const target = await asking(framework, fails, { onOutage: 'accept' });
      for (let times = 0; times < 3; times++) {
        expect((await target.send({ token: aToken() })).status).toBe(200);
      }
      const told = target.events.filter(({ type }) => type.startsWith('store.'));
      expect(told).toEqual([{ type: 'store.failed', store: 'revocation', outcome: 'accepted' }]);
    },
  );

  it('case 95: a store that hangs is waited for only until its time limit', async () => {
    for (const [onOutage, status] of [
      ['accept', 200],
      ['refuse', 503],
    ] as const) {
      const hangs = () => new Promise(() => {});
      const target = await asking(framework, hangs, { onOutage, timeoutMs: 20 });
      const answers = await Promise.all(
        Array.from({ length: 3 }, () => target.send({ token: aToken() })),
      );
      expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
      expect(target.events.filter(({ type }) => type === 'store.failed')).toHaveLength(1);
    }
  });

  it('is not reported for a bad token or a request without a token', async () => {
    const target = await asking(framework, () => {
      throw new Error('down');
    });
    expect((await target.send({ token: aToken({ exp: NOW - 60 }) })).status).toBe(401);
    expect((await target.send({})).status).toBe(401);
    expect(target.events.filter(({ type }) => type.startsWith('store.'))).toEqual([]);
  });

  it('an answer that is only truthy never accepts a token', async () => {
    for (const onOutage of ['refuse', 'accept'] as const) {
      const target = await asking(framework, async () => 1, { onOutage });
      expectRefusal(
        await target.send({ token: aToken() }),
        onOutage === 'refuse' ? REVOCATION_UNAVAILABLE : REVOKED,
      );
    }
  });
});
