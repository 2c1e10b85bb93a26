import { AsyncLocalStorage } from 'node:async_hooks';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  aToken,
  generateTestKey,
  segmentsOf,
  type TestKey,
} from '../../../../test/support/tokens.ts';
import { prepareKey } from '../../src/keys/prepare-key.ts';
import { type SignatureCheck, signatureCheck, signatureHolds } from '../../src/signature/check.ts';
import {
  type Answers,
  type SignatureThread,
  startSignatureThread,
} from '../../src/signature/thread.ts';
import { ALGORITHMS } from '../../src/token/algorithms.ts';

const started: SignatureThread[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const thread of started.splice(0)) thread.close();
});

// Longer than any test. On a busy machine, the default ten seconds may pass during a test.
const NEVER_IDLE_MS = 3_600_000;

// Time limits, in case a thread hangs. A busy machine needs seconds to start or end a thread.
const PATIENT = { timeout: 20_000 };

async function aThread(ended: (cause: string) => void = () => {}): Promise<SignatureThread> {
  const thread = startSignatureThread(ended, NEVER_IDLE_MS) ?? expect.unreachable('no thread');
  started.push(thread);
  await vi.waitUntil(() => thread.isRunning, PATIENT);
  return thread;
}

function ask(
  thread: SignatureThread,
  checks: readonly SignatureCheck[],
): Promise<Answers | undefined> {
  return new Promise((resolve) => {
    thread.verify(checks, resolve);
  });
}

/** The threads of this process, each with its priority (proc(5)). */
function priorities(): readonly { readonly id: string; readonly nice: number }[] {
  return readdirSync('/proc/self/task').flatMap((id) => {
    try {
      // The name is in brackets and may contain anything. The 17th field after it is the priority.
      const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
      return [{ id, nice: Number(stat.slice(stat.lastIndexOf(')')).split(' ')[17]) }];
    } catch {
      return []; // The thread has ended in the meantime.
    }
  });
}

// The threads before the first test. Other test files run in this process, too, and a signature
// thread that starts there may lower its priority at any moment.
const early = process.platform === 'linux' ? priorities().map(({ id }) => id) : [];

function aCheck(key: TestKey, subject = 'ada'): SignatureCheck {
  const [header, payload, signature] = segmentsOf(aToken({ sub: subject }, { key }));
  const prepared = prepareKey(key.publicJwk);
  if (typeof prepared === 'string') return expect.unreachable(prepared);
  const bytes = Buffer.from(signature, 'base64url');
  const check = signatureCheck(key.algorithm, prepared, `${header}.${payload}`, bytes);
  return check ?? expect.unreachable('a signature of the right length');
}

/** Changed forms of a valid check, with signatures that are not valid. */
function forgeries(good: SignatureCheck, other: SignatureCheck): readonly SignatureCheck[] {
  const flipped = Uint8Array.from(good.signature);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  return [
    { ...good, input: `${good.input}A` },
    { ...good, input: '' },
    { ...good, signature: flipped },
    { ...good, signature: other.signature },
    { ...good, signature: new Uint8Array(0) },
    { ...good, key: other.key },
  ];
}

const keys = ALGORITHMS.map((alg) => ({
  alg,
  key: generateTestKey(alg, alg),
  other: generateTestKey(alg, 'other'),
}));
const es256 = generateTestKey('ES256', 'es');

describe('a signature thread', () => {
  it.each(keys)('gives the same answers for $alg as the calling thread', async ({ key, other }) => {
    const thread = await aThread();
    const good = aCheck(key);
    const checks = [good, ...forgeries(good, aCheck(other)), good];
    const answers = await ask(thread, checks);
    expect(answers).toEqual(checks.map(signatureHolds));
    expect(answers).toEqual([true, false, false, false, false, false, false, true]);
  });

  it('does not mix up questions: many keys in one batch, many batches at once', async () => {
    const thread = await aThread();
    const all = keys.flatMap(({ key, other }) => {
      const good = aCheck(key);
      return [good, ...forgeries(good, aCheck(other))];
    });
    const batches = Array.from({ length: 20 }, (_, start) => [
      ...all.slice(start),
      ...all.slice(0, start),
    ]);
    const answers = await Promise.all(batches.map((batch) => ask(thread, batch)));
    expect(answers).toEqual(batches.map((batch) => batch.map(signatureHolds)));
  });

  it('treats one key with two hashes as two', async () => {
    const thread = await aThread();
    const rs = aCheck(generateTestKey('RS256', 'rsa'));
    expect(await ask(thread, [rs, { ...rs, hash: 'sha512' }, rs])).toEqual([true, false, true]);
  });

  it('gives no answer when OpenSSL throws, and continues', async () => {
    const thread = await aThread();
    const good = aCheck(es256);
    const broken = { ...good, hash: 'no such hash' };
    expect(await ask(thread, [good, broken, good])).toEqual([true, undefined, true]);
  });

  it('gives no answers after close to questions that are still open', async () => {
    const ended = vi.fn();
    const thread = await aThread(ended);
    const answers = ask(thread, [aCheck(es256)]);
    thread.close();
    expect(await answers).toBeUndefined();
    expect(thread.isRunning).toBe(false);
    expect(ended).not.toHaveBeenCalled();
  });

  it('gives no answers when it dies, and reports that once', async () => {
    const ref = vi.spyOn(Worker.prototype, 'ref');
    const ended = vi.fn();
    const thread = await aThread(ended);
    const answers = ask(thread, Array(2_000).fill(aCheck(es256)));
    const worker = ref.mock.contexts.at(-1) as Worker;
    await worker.terminate();
    expect(await answers).toBeUndefined();
    expect(thread.isRunning).toBe(false);
    expect(ended.mock.calls).toEqual([['failed']]);
  });

  it('gives no answers to a question that cannot be sent, and ends', async () => {
    const ended = vi.fn();
    const thread = await aThread(ended);
    const before = ask(thread, [aCheck(es256)]);
    const unsendable = { ...aCheck(es256), hash: (() => {}) as unknown as string };
    expect(await ask(thread, [unsendable])).toBeUndefined();
    expect(await before).toBeUndefined();
    expect(thread.isRunning).toBe(false);
    expect(ended.mock.calls).toEqual([['failed']]);
  });

  it('ends after it was idle for long', async () => {
    const cause = await new Promise((resolve) => {
      const thread = startSignatureThread(resolve, 1) ?? expect.unreachable('no thread');
      started.push(thread);
    });
    expect(cause).toBe('idle');
    expect(started[0]?.isRunning).toBe(false);
  });

  it('does not run if it was closed while it was starting', async () => {
    const online = vi.spyOn(Worker.prototype, 'emit');
    const thread = startSignatureThread(() => {}) ?? expect.unreachable('no thread');
    thread.close();
    await vi.waitUntil(() => online.mock.calls.some(([event]) => event === 'exit'), PATIENT);
    expect(thread.isRunning).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'has a low priority, and does not change the priority of others',
    async () => {
      const before = priorities();
      const thread = await aThread();
      await ask(thread, [aCheck(es256)]);
      const added = priorities().filter(({ id }) => !before.some((each) => each.id === id));
      expect(added.map(({ nice }) => nice)).toContain(10);
      const settled = before.filter(({ id }) => early.includes(id));
      expect(settled.length).toBeGreaterThan(0);
      const still = priorities().filter(({ id }) => settled.some((each) => each.id === id));
      expect(settled).toEqual(expect.arrayContaining(still));
      expect(getPriority()).toBeLessThan(10);
    },
  );

  it('does not run in the asynchronous context of the request that started it', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen = await new Promise((resolve) => {
      storage.run('a request', () => {
        started.push(
          startSignatureThread(() => resolve(storage.getStore()), 1) ?? expect.unreachable(),
        );
      });
    });
    expect(seen).toBeUndefined();
  });
});
