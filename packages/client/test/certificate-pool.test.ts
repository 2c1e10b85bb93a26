import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCertificatePool, type PemSource } from '../src/certificate-pool.ts';
import type { CertificateTrouble } from '../src/client-events.ts';
import { type CertificateEvent, certificateFetch } from '../src/index.ts';
import { ONE, TWO } from './certificates.ts';
import { aClock, deferred } from './fixtures.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A pool whose certificate is read by `read`; the key is always that of `pair`. */
function setUp(read: PemSource, pair: () => { readonly key: string } = () => ONE) {
  const clock = aClock();
  const told: CertificateTrouble[] = [];
  const troubled = (cause: CertificateTrouble) => told.push(cause);
  const key = () => pair().key;
  const pool = createCertificatePool({ certificate: read, key, ca: undefined, clock, troubled });
  return { pool, clock, told };
}

describe('a certificate whose function hangs', () => {
  it('stays in use: one request waits a second for a newer one, the others do not', async () => {
    let answer = deferred<string>();
    let pair: { readonly key: string } = ONE;
    let reads = 0;
    const read = () => {
      reads += 1;
      return reads === 1 ? ONE.certificate : answer.promise;
    };
    const { pool, clock, told } = setUp(read, () => pair);
    const first = await pool.current();
    clock.pass(1_000);
    const waiting = pool.current();
    let isOver = false;
    void waiting.then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await waiting).toBe(first);
    clock.pass(28_999);
    expect(await pool.current()).toBe(first);
    expect(told).toEqual([]);
    clock.pass(1_001);
    for (let times = 0; times < 3; times++) expect(await pool.current()).toBe(first);
    expect(told).toEqual(['late']);
    // The function is not called again while it hangs.
    expect(reads).toBe(2);
    pair = TWO;
    answer.resolve(TWO.certificate);
    await vi.waitFor(async () => expect((await pool.current()).tag).not.toBe(first.tag));
    // It may be told again.
    answer = deferred();
    clock.pass(31_000);
    const again = pool.current();
    await vi.advanceTimersByTimeAsync(1_000);
    await again;
    clock.pass(30_000);
    await pool.current();
    expect(told).toEqual(['late', 'late']);
    await pool.close();
  });

  it('gets a signal that ends it after ten seconds, and is then called again', async () => {
    let signal: AbortSignal | undefined;
    let reads = 0;
    const { pool, clock } = setUp((options) => {
      reads += 1;
      if (reads !== 2) return ONE.certificate;
      signal = options.signal;
      return new Promise((_, reject) => {
        options.signal.addEventListener('abort', () => reject(options.signal.reason));
      });
    });
    const first = await pool.current();
    expect(vi.getTimerCount()).toBe(0);
    clock.pass(1_000);
    const waiting = pool.current();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(await waiting).toBe(first);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal?.aborted).toBe(true);
    clock.pass(10_000);
    expect(await pool.current()).toBe(first);
    expect(reads).toBe(3);
    await pool.close();
  });

  it('lets requests wait until a second after the first that waits, and no longer', async () => {
    const answer = deferred<string>();
    let reads = 0;
    const { pool, clock } = setUp(() => {
      reads += 1;
      return reads === 1 ? ONE.certificate : answer.promise;
    });
    const first = await pool.current();
    clock.pass(1_000);
    const early = pool.current();
    await vi.advanceTimersByTimeAsync(900);
    const over: unknown[] = [];
    const late = pool.current();
    void late.then((kept) => over.push(kept));
    await vi.advanceTimersByTimeAsync(100);
    expect(over).toEqual([first]);
    expect(await early).toBe(first);
    answer.resolve(ONE.certificate);
    await pool.close();
  });

  it('is not called again either when the other function fails, and its signal is aborted at once', async () => {
    let hangs = false;
    let reads = 0;
    let signal: AbortSignal | undefined;
    const answer = deferred<string>();
    const read: PemSource = (options) => {
      reads += 1;
      signal = options.signal;
      return hangs ? answer.promise : ONE.certificate;
    };
    const pair = () => {
      if (hangs) throw new Error('the file is gone');
      return ONE;
    };
    const { pool, clock, told } = setUp(read, pair);
    const first = await pool.current();
    hangs = true;
    for (let times = 0; times < 3; times++) {
      clock.pass(1_000);
      const waiting = pool.current();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await waiting).toBe(first);
    }
    expect(reads).toBe(2);
    expect(signal?.aborted).toBe(true);
    expect(told).toEqual([]);
    hangs = false;
    answer.resolve(ONE.certificate);
    await vi.waitFor(async () => {
      await pool.current();
      expect(reads).toBe(3);
    });
    await pool.close();
  });

  it('is waited for where there is none yet', async () => {
    const answer = deferred<string>();
    const { pool, told, clock } = setUp(() => answer.promise);
    const waiting = pool.current();
    clock.pass(60_000);
    await vi.advanceTimersByTimeAsync(2_000);
    answer.resolve(ONE.certificate);
    expect((await waiting).tag).not.toBe('');
    expect(told).toEqual([]);
    await pool.close();
  });
});

describe('a certificate that cannot be read anew', () => {
  it.each<readonly [CertificateTrouble, () => string]>([
    [
      'unreadable',
      () => {
        throw new Error('not mounted');
      },
    ],
    ['unusable', () => TWO.certificate],
    ['unusable', () => 'no PEM'],
  ])(
    'is told of once after 30 seconds, and again when it was read in between: %s',
    async (cause, fail) => {
      let read: () => string = () => ONE.certificate;
      const { pool, clock, told } = setUp(() => read());
      const first = await pool.current();
      const look = async (afterMs: number) => {
        clock.pass(afterMs);
        expect(await pool.current()).toBe(first);
      };
      read = fail;
      await look(1_000);
      await look(29_000);
      expect(told).toEqual([]);
      await look(1_000);
      await look(1_000);
      expect(told).toEqual([cause]);
      read = () => ONE.certificate;
      await look(1_000);
      read = fail;
      await look(1_000);
      expect(told).toEqual([cause]);
      await look(30_000);
      expect(told).toEqual([cause, cause]);
      await pool.close();
    },
  );

  it('is an event of certificateFetch, or else a warning of the process', async () => {
    const events: CertificateEvent[] = [];
    const onEvent = (event: CertificateEvent) => events.push(event);
    const warned = once(process, 'warning');
    for (const listener of [{ onEvent }, {}]) {
      const clock = aClock();
      let key: string = ONE.key;
      const fetch = certificateFetch({ ...ONE, key: () => key, clock, ...listener });
      await fetch.certificateTag();
      key = 'none';
      for (const ms of [1_000, 30_000]) {
        clock.pass(ms);
        await fetch.certificateTag();
      }
      await fetch.close();
    }
    expect(events).toEqual([{ type: 'certificate.not_renewed', cause: 'unusable' }]);
    const [warning] = await warned;
    expect(String(warning)).toContain('Set onEvent of certificateFetch()');
    expect(warning.name).toBe('AuthlyWarning');
  });
});
