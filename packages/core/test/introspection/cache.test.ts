import { describe, expect, it } from 'vitest';
import { aClock } from '../../../../test/support/tokens.ts';
import { createTokenMemory } from '../../src/introspection/cache.ts';

function setUp(bounds: Partial<Parameters<typeof createTokenMemory>[0]> = {}) {
  const clock = aClock();
  const memory = createTokenMemory({ clock, refusedForMs: 5_000, refusedEntries: 3, ...bounds });
  return { clock, memory };
}

describe('the memory of tokens', () => {
  it('keeps the reason of a refusal for the configured time', () => {
    const { clock, memory } = setUp();
    memory.refuse('a', 'token_inactive');
    expect(memory.refused('a')).toBe('token_inactive');
    expect(memory.refused('b')).toBeUndefined();
    clock.advance(4_999);
    expect(memory.refused('a')).toBe('token_inactive');
    clock.advance(1);
    expect(memory.refused('a')).toBeUndefined();
  });

  it('drops a refusal whose time is in the future, after the clock was set back', () => {
    const { clock, memory } = setUp();
    memory.refuse('a', 'expired');
    clock.advance(-1);
    expect(memory.refused('a')).toBeUndefined();
  });

  it('keeps at most the configured number of refusals, and they do not push out active tokens', () => {
    const { memory } = setUp();
    memory.noteActive('good');
    for (const digest of ['a', 'b', 'c', 'd']) memory.refuse(digest, 'token_inactive');
    expect(memory.refused('a')).toBeUndefined();
    expect(memory.refused('d')).toBe('token_inactive');
    expect(memory.wasActive('good')).toBe(true);
  });

  it('keeps no refusal if the time is 0', () => {
    const { memory } = setUp({ refusedForMs: 0 });
    memory.refuse('a', 'token_inactive');
    expect(memory.refused('a')).toBeUndefined();
  });

  it('keeps for an hour that a token was active', () => {
    const { clock, memory } = setUp();
    expect([memory.wasActive('a'), memory.hasActive()]).toEqual([false, false]);
    memory.noteActive('a');
    clock.advance(3_599_999);
    expect([memory.wasActive('a'), memory.hasActive()]).toEqual([true, true]);
    clock.advance(1);
    expect([memory.wasActive('a'), memory.hasActive()]).toEqual([false, false]);
  });

  it('forgets that a token was active when it is refused', () => {
    const { memory } = setUp();
    memory.noteActive('a');
    memory.refuse('a', 'token_inactive');
    expect([memory.wasActive('a'), memory.hasActive()]).toEqual([false, false]);
  });

  it('is empty after clear', () => {
    const { memory } = setUp();
    memory.noteActive('a');
    memory.refuse('b', 'token_inactive');
    memory.clear();
    expect([memory.wasActive('a'), memory.hasActive(), memory.refused('b')]).toEqual([
      false,
      false,
      undefined,
    ]);
  });
});
