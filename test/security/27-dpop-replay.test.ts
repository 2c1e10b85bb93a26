import { type AuthEvent, memoryReplayStore, type ReplayStore } from '@authly/core';
import { generateTestKey } from '@authly/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { aBoundProof, aBoundToken, boundHeaders } from '../support/bound.ts';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, NOW } from '../support/tokens.ts';
import {
  type DpopCase,
  type DpopTarget,
  openDpopTarget,
  requestOf,
} from './support/dpop-attack.ts';

const opened: DpopTarget[] = [];

afterEach(() => {
  for (const target of opened.splice(0)) target.close();
});

async function open(...args: Parameters<typeof openDpopTarget>): Promise<DpopTarget> {
  const target = await openDpopTarget(...args);
  opened.push(target);
  return target;
}

/** What became of the last request: `accepted`, or the reason. */
async function outcomeOf(target: DpopTarget, given: Partial<DpopCase>): Promise<string> {
  await target.send(requestOf({ name: '', answer: '', ...given }));
  const event = target.events.findLast(({ type }) => type.startsWith('request.'));
  return event?.type === 'request.refused' ? event.reason : 'accepted';
}

const token = aBoundToken({ exp: NOW + 3_600 });

describe.each(frameworks)('$name', (framework) => {
  it('[RFC9449-11.1-a] 27 accepts a proof at one instant of its time and never again', async () => {
    const target = await open(framework, {});
    const dpop = [aBoundProof(token)];
    const outcomes: string[] = [];
    // From the first moment at which it is not from the future, by half seconds.
    target.clock.advanceSec(-10);
    for (let half = 0; half < 160; half++) {
      outcomes.push(await outcomeOf(target, { token, dpop }));
      target.clock.advance(500);
    }
    expect(outcomes[0]).toBe('accepted');
    expect(outcomes.slice(1, 141)).toEqual(Array(140).fill('proof_replayed'));
    expect(new Set(outcomes.slice(141))).toEqual(new Set(['proof_untimely']));
  });

  it('27 accepts it once when it comes at the last moment, too', async () => {
    const target = await open(framework, {});
    const dpop = [aBoundProof(token)];
    target.clock.advance(60_000);
    expect(await outcomeOf(target, { token, dpop })).toBe('accepted');
    expect(await outcomeOf(target, { token, dpop })).toBe('proof_replayed');
    target.clock.advance(1);
    expect(await outcomeOf(target, { token, dpop })).toBe('proof_untimely');
  });

  it('9 recognizes a used id with any query of its URL', async () => {
    const target = await open(framework, {});
    const claims = { jti: 'one-id' };
    expect(await outcomeOf(target, { token, proof: { url: `${AUDIENCE}/?a=1`, claims } })).toBe(
      'accepted',
    );
    expect(await outcomeOf(target, { token, proof: { claims } })).toBe('proof_replayed');
  });

  it('31 32 33 does not mark a proof as used if it was refused before the last step', async () => {
    const target = await open(framework, {});
    const claims = { jti: 'victims-id' };
    const wrong: readonly (readonly [string, Partial<DpopCase>])[] = [
      ['proof_token_mismatch', { token, proof: { claims: { ...claims, ath: 'x' } } }],
      ['proof_url_mismatch', { token, proof: { claims: { ...claims, htu: 'x' } } }],
      [
        'proof_signature_invalid',
        { token, dpop: [`${aBoundProof(token, { claims })}`.replace(/.{4}$/, 'AAAA')] },
      ],
      ['expired', { token: aBoundToken({ exp: NOW - 60 }), proof: { claims } }],
    ];
    for (const [reason, given] of wrong) expect(await outcomeOf(target, given)).toBe(reason);
    expect(await outcomeOf(target, { token, proof: { claims } })).toBe('accepted');
  });

  it('34 marks a proof as used also if a guard then refuses the request', async () => {
    const server = aResourceServer({ dpop: 'when-bound' });
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(server));
      route('/', framework.kit.requireScope('delete:users'), () => null);
    });
    const headers = boundHeaders(token);
    const first = await send(app, { headers });
    expect(first.status).toBe(403);
    // The error stands in the challenge of the scheme that was used.
    expect(first.headers['www-authenticate']).toMatch(
      /^Bearer realm="api", scope="delete:users", DPoP realm="api", error="insufficient_scope"/,
    );
    expect((await send(app, { headers })).body).toMatchObject({ error: 'invalid_dpop_proof' });
    expect((await send(app, { headers: boundHeaders(token) })).status).toBe(403);
  });

  it('35 two servers with one store mark the proof of one request once', async () => {
    const replay = memoryReplayStore({ clock: aClock() });
    const [one, two] = [
      aResourceServer({ dpop: { replay } }),
      aResourceServer({ dpop: { mode: 'required', replay } }),
    ];
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(one), framework.authenticate(two), framework.authenticate(one));
      route('/', () => 'in');
    });
    const headers = boundHeaders(token);
    expect((await send(app, { headers })).status).toBe(200);
    expect((await send(app, { headers })).status).toBe(401);
  });

  it('35 two servers with two stores each ask their own store', async () => {
    const used = memoryReplayStore({ clock: aClock() });
    const app = appWithTwo(framework, used);
    const headers = boundHeaders(token);
    const other = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer({ dpop: { replay: used } })));
      route('/', () => 'in');
    });
    expect((await send(other, { headers })).status).toBe(200);
    expect((await send(app, { headers })).status).toBe(401);
  });

  it('36 lets exactly one of 200 parallel requests with one proof pass', async () => {
    for (const replay of [memoryReplayStore({ clock: aClock() }), slow(memoryReplayStore())]) {
      const server = aResourceServer({ dpop: { replay } });
      const app = framework.createApp(({ use, route }) => {
        use(framework.authenticate(server));
        route('/', () => 'in');
      });
      const headers = boundHeaders(token);
      const answers = await Promise.all(Array.from({ length: 200 }, () => send(app, { headers })));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array(199).fill(401)]);
    }
  });

  it('110 answers 503 when the store fails, and says so once until it is back', async () => {
    const events: AuthEvent[] = [];
    const inner = memoryReplayStore({ clock: aClock() });
    let isDown = true;
    const replay: ReplayStore = {
      reserve(id, options) {
        if (isDown) throw new Error('ECONNREFUSED 10.0.0.7');
        return inner.reserve(id, options);
      },
    };
    const server = aResourceServer({
      dpop: { replay },
      onEvent: (event) => {
        if (/^(?:request|store)\./.test(event.type)) events.push(event);
      },
    });
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(server));
      route('/', () => 'in');
    });
    const first = boundHeaders(token);
    for (const headers of [first, boundHeaders(token)]) {
      const { status, headers: received, text } = await send(app, { headers });
      expect(status).toBe(503);
      expect(received['retry-after']).toBe('5');
      expect(received['www-authenticate']).toBeUndefined();
      expect(text).not.toContain('ECONNREFUSED');
    }
    isDown = false;
    expect((await send(app, { headers: first })).status).toBe(200);
    expect(events.map(({ type }) => type)).toEqual([
      'store.failed',
      'request.refused',
      'request.refused',
      'store.recovered',
      'request.authenticated',
    ]);
    expect(events[0]).toEqual({ type: 'store.failed', store: 'replay', outcome: 'refused' });
    expect(events[1]).toMatchObject({
      code: 'temporarily_unavailable',
      reason: 'replay_unavailable',
    });
  });

  it('18 ignores a proof in the trailers of a request', async () => {
    const target = await open(framework, {});
    const trailers = [['dpop', aBoundProof(token, { method: 'POST' })]] as const;
    const answer = { token, method: 'POST', dpop: [], trailers, body: 'x' };
    expect(await outcomeOf(target, answer)).toBe('proof_missing');
  });

  it('[RFC9449-7.2-a] 40 refuses a bound token as Bearer, also with a good proof', async () => {
    const target = await open(framework, {});
    expect(await outcomeOf(target, { token, authorization: [`Bearer ${token}`] })).toBe(
      'binding_scheme_mismatch',
    );
  });

  it('46 asks only for a DPoP token if binding is required', async () => {
    const target = await open(framework, { mode: 'required' });
    const { status, headers } = await target.send({});
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe(
      'DPoP realm="api", algs="ES256 Ed25519 EdDSA PS256 RS256"',
    );
  });

  it('47 a proof without a token is anonymous if authentication is optional', async () => {
    const target = await open(framework, {}, { optional: true });
    expect((await target.send({ headers: [['dpop', aBoundProof(token)]] })).status).toBe(200);
    expect(await outcomeOf(target, { token, dpop: ['x'] })).toBe('proof_malformed');
  });

  it('30 the same id with two keys counts as two ids', async () => {
    const target = await open(framework, {});
    const other = generateTestKey();
    const claims = { jti: 'a' };
    expect(await outcomeOf(target, { token, proof: { claims } })).toBe('accepted');
    expect(
      await outcomeOf(target, {
        token: aBoundToken({}, { boundTo: other }),
        proof: { key: other, claims },
      }),
    ).toBe('accepted');
  });
});

function appWithTwo(framework: Framework, used: ReplayStore) {
  const own = aResourceServer({ dpop: 'when-bound' });
  const shared = aResourceServer({ dpop: { replay: used } });
  return framework.createApp(({ use, route }) => {
    use(framework.authenticate(own), framework.authenticate(shared));
    route('/', () => 'in');
  });
}

/** A store that answers in its own time, as one over a network does. */
function slow(store: ReplayStore): ReplayStore {
  return {
    async reserve(id, options) {
      await new Promise((resolve) => setImmediate(resolve));
      return store.reserve(id, options);
    },
  };
}
