import { generateTestKey } from '@authly/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { aBoundProof, aBoundToken } from '../support/bound.ts';
import { frameworks } from '../support/frameworks.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, NOW } from '../support/tokens.ts';
import {
  type DpopCase,
  type DpopTarget,
  openDpopTarget,
  requestOf,
} from './support/dpop-attack.ts';
import type { WireAnswer } from './support/wire.ts';

const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const token = aBoundToken({ exp: NOW + 7_200 });

const opened: DpopTarget[] = [];
afterEach(() => {
  for (const target of opened.splice(0)) target.close();
});

describe.each(frameworks)('$name: nonces', (one) => {
  async function open(secrets: readonly [string, ...string[]] = [OLD]): Promise<DpopTarget> {
    const target = await openDpopTarget(one, { nonce: { secrets } });
    opened.push(target);
    return target;
  }

  function ask(
    target: DpopTarget,
    nonce?: string,
    more: DpopCase['proof'] = {},
  ): Promise<WireAnswer> {
    const proof = { clock: target.clock, ...(nonce !== undefined && { nonce }), ...more };
    return target.send(requestOf({ name: '', answer: '', token, proof }));
  }

  async function nonceOf(target: DpopTarget): Promise<string> {
    return (await ask(target)).headers['dpop-nonce'] ?? '';
  }

  it('[RFC9449-9-a] [RFC9449-11.3-a] 48 are asked for, and then accepted', async () => {
    const target = await open();
    const { status, headers } = await ask(target);
    expect(status).toBe(401);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['www-authenticate']).toMatch(
      /^Bearer realm="api", DPoP realm="api", error="use_dpop_nonce", .*algs="/,
    );
    expect(headers['dpop-nonce']).toMatch(/^[\w-]{43}$/);
    const again = await ask(target, headers['dpop-nonce']);
    expect(again.status).toBe(200);
    // 55: the client has the current one.
    expect(again.headers['dpop-nonce']).toBeUndefined();
    expect(again.headers['cache-control']).toBeUndefined();
  });

  it('[RFC9449-8.2-a] 49 are accepted for two more steps, and the answer then has the new one', async () => {
    const target = await open();
    const nonce = await nonceOf(target);
    for (const steps of [1, 2]) {
      target.clock.set((NOW + 60 * steps) * 1000);
      const { status, headers } = await ask(target, nonce);
      expect(status).toBe(200);
      expect(headers['dpop-nonce']).not.toBe(nonce);
      expect(headers['dpop-nonce']).toBe(await nonceOf(target));
      expect(headers['cache-control']).toBe('no-store');
    }
    target.clock.set((NOW + 180) * 1000);
    expect((await ask(target, nonce)).headers['www-authenticate']).toContain('use_dpop_nonce');
    expect(target.events.at(-1)).toMatchObject({ reason: 'nonce_invalid', code: 'use_dpop_nonce' });
  });

  it('50 may come from a process whose clock is one step ahead, but not two', async () => {
    const [here, ahead] = [await open(), await open()];
    ahead.clock.advanceSec(60);
    expect((await ask(here, await nonceOf(ahead))).status).toBe(200);
    ahead.clock.advanceSec(60);
    expect((await ask(here, await nonceOf(ahead))).status).toBe(401);
  });

  it('51 survive the replacement of a secret, until the old one is taken away', async () => {
    const [before, during, after] = [await open([OLD]), await open([NEW, OLD]), await open([NEW])];
    const nonce = await nonceOf(before);
    expect((await ask(during, nonce)).status).toBe(200);
    expect((await ask(after, nonce)).status).toBe(401);
    expect((await ask(after, await nonceOf(during))).status).toBe(200);
  });

  it('52 do not hide a bad signature: that is reported first', async () => {
    const target = await open();
    await ask(target, 'bad', { signedBy: generateTestKey() });
    expect(target.events.at(-1)).toMatchObject({ reason: 'proof_signature_invalid' });
  });

  it('53 are used instead of the clock of a client, and end with their step', async () => {
    const target = await open();
    const nonce = await nonceOf(target);
    const claims = { jti: 'day-old', iat: NOW - 86_400 };
    expect((await ask(target, nonce, { claims })).status).toBe(200);
    for (let second = 0; second < 180; second += 10) {
      target.clock.set((NOW + second) * 1000);
      await ask(target, nonce, { claims });
      expect(target.events.at(-1)).toMatchObject({ reason: 'proof_replayed' });
    }
    target.clock.set((NOW + 180) * 1000);
    await ask(target, nonce, { claims });
    expect(target.events.at(-1)).toMatchObject({ reason: 'nonce_invalid' });
  });

  it.each([
    ['54 empty', ''],
    ['54 too long', 'x'.repeat(2_000)],
    ['54 of the right length', 'x'.repeat(43)],
    ['54 with other characters', 'ä'.repeat(43)],
  ])('are refused: %s', async (_name, nonce) => {
    const target = await open();
    expect((await ask(target, nonce)).status).toBe(401);
    expect(target.events.at(-1)).toMatchObject({ reason: 'nonce_invalid' });
  });

  it('do not replace a Cache-Control of the application', async () => {
    const clock = aClock();
    const server = aResourceServer({ dpop: { nonce: { secrets: [OLD] } }, clock });
    const set: string[][] = [];
    const view = (proof: string) => ({
      method: 'GET',
      url: '/',
      header: (name: string) => ({ authorization: `DPoP ${token}`, dpop: proof })[name],
      setResponseHeader: (name: string, value: string, options?: object) => {
        set.push([name, value, JSON.stringify(options ?? {})]);
      },
    });
    const refused = await server.authenticate(view(aBoundProof(token))).catch((error) => error);
    const nonce = refused.details.nonce;
    clock.advanceSec(60);
    await server.authenticate(view(aBoundProof(token, { nonce, url: `${AUDIENCE}/` })));
    expect(set).toEqual([
      ['DPoP-Nonce', expect.stringMatching(/^[\w-]{43}$/), '{}'],
      ['Cache-Control', 'no-store', '{"unlessSet":true}'],
    ]);
  });
});

it('50 two APIs have different nonces, also with the same secret', async () => {
  const nonces: unknown[] = [];
  for (const resource of [AUDIENCE, 'https://other.example.com']) {
    const server = aResourceServer({
      resource,
      dpop: { nonce: { secrets: [OLD] }, publicUrls: AUDIENCE },
    });
    const headers: Readonly<Record<string, string>> = {
      authorization: `DPoP ${token}`,
      dpop: aBoundProof(token),
    };
    const view = { method: 'GET', url: '/', header: (name: string) => headers[name] };
    nonces.push((await server.authenticate(view).catch((error) => error)).details.nonce);
  }
  expect(new Set(nonces).size).toBe(2);
});
