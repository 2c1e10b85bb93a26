import { describe, expect, it } from 'vitest';
import { aClock } from '../../../../test/support/tokens.ts';
import { createTokenMemory } from '../../src/introspection/cache.ts';

function setUp(bounds: Partial<Parameters<typeof createTokenMemory>[0]> = {}) {
  const clock = aClock();
  const memory = createTokenMemory({ clock, refusedForMs: 5_000, refusedEntries: 3, ...bounds });
  return { clock, memory };
}

describe('the memory of tokens', () => {
  it('knows why a token was refused, for as long as it was told', () => {
    const { clock, memory } = setUp();
    memory.refuse('a', 'token_inactive');
    expect(memory.refused('a')).toBe('token_inactive');
    expect(memory.refused('b')).toBeUndefined();
    clock.advance(4_999);
    expect(memory.refused('a')).toBe('token_inactive');
    clock.advance(1);
    expect(memory.refused('a')).toBeUndefined();
  });

  it('forgets a refusal that is later than now: a clock was set back', () => {
    const { clock, memory } = setUp();
    memory.refuse('a', 'expired');
    clock.advance(-1);
    expect(memory.refused('a')).toBeUndefined();
  });

  it('keeps refusals within their bound, without touching tokens that are in use', () => {
    const { memory } = setUp();
    memory.noteActive('good');
    for (const digest of ['a', 'b', 'c', 'd']) memory.refuse(digest, 'token_inactive');
    expect(memory.refused('a')).toBeUndefined();
    expect(memory.refused('d')).toBe('token_inactive');
    expect(memory.wasActive('good')).toBe(true);
  });

  it('remembers no refusal where it is not to', () => {
    const { memory } = setUp({ refusedForMs: 0 });
    memory.refuse('a', 'token_inactive');
    expect(memory.refused('a')).toBeUndefined();
  });

  it('knows for an hour that a token was active', () => {
    const { clock, memory } = setUp();
    expect([memory.wasActive('a'), memory.hasActive()]).toEqual([false, false]);
    memory.noteActive('a');
    clock.advance(3_599_999);
    expect([memory.wasActive('a'), memory.hasActive()]).toEqual([true, true]);
    clock.advance(1);
    expect([memory.wasActive('a'), memory.hasActive()]).toEqual([false, false]);
  });

  it('does not count a token that was refused since as active', () => {
    const { memory } = setUp();
    memory.noteActive('a');
    memory.refuse('a', 'token_inactive');
    expect([memory.wasActive('a'), memory.hasActive()]).toEqual([false, false]);
  });

  it('forgets everything when it is cleared', () => {
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
