import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AccessToken, clientSecretPost, isTokenSourceError } from '../src/index.ts';
import { aSource, issued, refused, settled } from './fixtures.ts';

// An authorization server with random behaviour, and callers who come at random times.

const BEHAVIOURS = ['good', 'same again', 'down', 'refuses', 'wrong', 'hangs', 'rotates'] as const;

const steps = fc.array(
  fc.record({
    behaviour: fc.constantFrom(...BEHAVIOURS),
    lifeSec: fc.constantFrom(1, 5, 60, 3_600),
    /** Milliseconds until the callers come. */
    passes: fc.oneof(fc.integer({ min: 0, max: 6_000 }), fc.integer({ min: 0, max: 4_000_000 })),
    callers: fc.integer({ min: 1, max: 50 }),
    /** Every n-th caller gives up at once. */
    impatient: fc.integer({ min: 2, max: 5 }),
    wallJumps: fc.constantFrom(0, 0, -86_400_000, 86_400_000),
  }),
  { minLength: 1, maxLength: 25 },
);

/** A request for a token, as the server has seen it. */
interface Asked {
  readonly at: number;
  readonly secret: string | null;
  readonly isGood: boolean;
  /** The remaining life of the token that it gave. */
  readonly lifeMs: number;
}

it('whatever a server does, there is one request at a time, no flood of requests, and no token after its end', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      let secret = 's1';
      let accepted = 's1';
      const { source, server, clock } = aSource({
        client: clientSecretPost('orders-api', () => secret),
      });
      const now = () => clock.monotonicMs();
      const ends = new Map<string, number>();
      const asked: Asked[] = [];
      let [flying, most, step, latest] = [0, 0, all[0], ''];
      let release = () => {};
      server.onToken = async ({ form }, count) => {
        flying += 1;
        most = Math.max(most, flying);
        try {
          return await answer(form, count);
        } finally {
          flying -= 1;
        }
      };
      async function answer(form: URLSearchParams, count: number): Promise<Response> {
        const { behaviour = 'good', lifeSec = 60 } = step ?? {};
        if (behaviour === 'hangs') await new Promise<void>((resolve) => (release = resolve));
        const presented = form.get('client_secret');
        const isKnown = presented === accepted;
        const isGood = isKnown && ['good', 'same again', 'rotates', 'hangs'].includes(behaviour);
        const ask = { at: now(), secret: presented, isGood };
        if (!isGood) asked.push({ ...ask, lifeMs: 0 });
        if (!isKnown) return refused(401, 'invalid_client');
        if (behaviour === 'down') return refused(503);
        if (behaviour === 'refuses') return refused(400, 'invalid_scope');
        if (behaviour === 'wrong') return new Response('<html>');
        const isSame = behaviour === 'same again' && now() < (ends.get(latest) ?? 0);
        if (!isSame) latest = `t${count}`;
        const end = isSame ? (ends.get(latest) ?? 0) : now() + lifeSec * 1_000;
        ends.set(latest, end);
        asked.push({ ...ask, lifeMs: end - now() });
        return issued(latest, { expires_in: (end - now()) / 1_000 });
      }

      for (const next of all) {
        step = next;
        // The service gets a new secret one step later than the server.
        secret = accepted;
        if (next.behaviour === 'rotates') accepted = `${accepted}'`;
        clock.jump(next.wallJumps);
        clock.pass(next.passes);
        const outcomes = Array.from({ length: next.callers }, (_each, index) => {
          const signal = index % next.impatient === 1 ? AbortSignal.abort('gone') : undefined;
          const given = index % next.impatient === 2 ? new AbortController() : undefined;
          const token = source.token({ signal: signal ?? given?.signal });
          given?.abort('gone');
          return token.then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          );
        });
        await settled();
        release();
        for (const outcome of await Promise.all(outcomes)) check(outcome);
        await settled();
        // One more caller comes right after, whatever has happened.
        check(
          await source.token().then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          ),
        );
        await settled();
      }

      function check(outcome: { value?: AccessToken; error?: unknown }): void {
        const { value, error } = outcome;
        if (value === undefined) {
          expect(error === 'gone' || isTokenSourceError(error)).toBe(true);
          return;
        }
        expect(now()).toBeLessThan(ends.get(value.accessToken) ?? 0);
      }

      source.close();
      expect(most).toBeLessThanOrEqual(1);
      for (const [index, { at, secret: presented, isGood, lifeMs }] of asked.entries()) {
        const next = asked[index + 1];
        // A secret that is not the refused one is tried at once.
        if (next === undefined || next.secret !== presented) continue;
        // A good answer is used for a good part of its life, and a failure is followed by a pause.
        expect(next.at - at).toBeGreaterThanOrEqual(isGood ? lifeMs * 0.3 : 100);
      }
    }),
    { numRuns: 100, seed: 23 },
  );
}, 30_000);
