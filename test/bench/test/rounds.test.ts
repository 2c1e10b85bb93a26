import { describe, expect, it } from 'vitest';
import { runRounds } from '../src/harness/rounds.ts';
import { corpusOf } from '../src/tokens/corpus.ts';

const corpus = corpusOf(['first.token', 'second.token', 'third.token']);

describe('corpus', () => {
  it('gives each token back as it was', () => {
    expect([0, 1, 2].map((index) => corpus.fresh(index))).toEqual([
      'first.token',
      'second.token',
      'third.token',
    ]);
    expect(corpus.characters).toBeCloseTo((11 + 12 + 11) / 3);
  });
});

describe('runRounds', () => {
  it('measures every contender once a round, at once or awaited', async () => {
    const contenders = [
      { name: 'sync', verify: (token: string) => token.length },
      { name: 'async', verify: async (token: string) => token.length },
    ];
    const costs = await runRounds(contenders, corpus, { rounds: 3, turnMs: 1, inFlight: 1 });
    expect([...costs.keys()]).toEqual(['sync', 'async']);
    for (const { wallUs, cpuUs, mainUs } of costs.values()) {
      expect([wallUs.length, cpuUs.length, mainUs.length]).toEqual([3, 3, 3]);
      expect(wallUs.every((us) => us > 0)).toBe(true);
    }
  });

  it('lets a contender do a whole turn in its own way, unless operations come one at a time', async () => {
    const asked: number[] = [];
    let single = 0;
    const contender = {
      name: 'turns',
      verify: () => {
        single += 1;
      },
      turn: async (operations: number) => {
        asked.push(operations);
      },
    };
    await runRounds([contender], corpus, { rounds: 1, turnMs: 1, inFlight: 2 });
    expect(asked.length).toBeGreaterThan(1);
    expect(single).toBe(0);
    const before = asked.length;
    await runRounds([contender], corpus, { rounds: 1, turnMs: 1, inFlight: 1 });
    expect(asked).toHaveLength(before);
    expect(single).toBeGreaterThan(0);
  });

  it('hands each contender every token of the corpus, with its place', async () => {
    const seen = new Map<number, Set<string>>();
    const verify = (token: string, index: number) => {
      seen.set(index, (seen.get(index) ?? new Set()).add(token));
    };
    await runRounds([{ name: 'one', verify }], corpus, { rounds: 1, turnMs: 1, inFlight: 1 });
    expect([...seen].map(([index, tokens]) => [index, ...tokens]).sort()).toEqual([
      [0, 'first.token'],
      [1, 'second.token'],
      [2, 'third.token'],
    ]);
  });

  it('keeps as many in flight as it is told', async () => {
    let inFlight = 0;
    let most = 0;
    const verify = async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
    };
    await runRounds([{ name: 'one', verify }], corpus, { rounds: 1, turnMs: 2, inFlight: 8 });
    expect(most).toBe(8);
  });

  it('lets a burst end, and a turn of the event loop pass, before the next one comes', async () => {
    const seen: number[] = [];
    let inFlight = 0;
    const verify = async () => {
      seen.push(++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
    };
    const effort = { rounds: 1, turnMs: 2, inFlight: 4, arrival: 'bursts' as const };
    await runRounds([{ name: 'one', verify }], corpus, effort);
    // The last burst of a turn may be a smaller one.
    expect(seen.slice(0, 3)).toEqual([1, 2, 3]);
    expect(seen.join('').replaceAll(/1234|123|12|1/g, '')).toBe('');
  });

  it('does not hide a contender that fails', async () => {
    const verify = async () => {
      throw new Error('refused');
    };
    const run = runRounds([{ name: 'one', verify }], corpus, { rounds: 1, turnMs: 1, inFlight: 4 });
    await expect(run).rejects.toThrow('refused');
  });
});
