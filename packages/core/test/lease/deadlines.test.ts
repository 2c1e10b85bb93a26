import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines, type Scheduled } from '../../src/lease/deadlines.ts';

interface Item extends Scheduled {
  readonly name: string;
}

const item = (name: string): Item => ({ name, position: -1 });

/** Removes the items in order, the earliest first. */
function drained(deadlines: Deadlines<Item>): readonly (readonly [string, number])[] {
  const out: [string, number][] = [];
  for (;;) {
    const { first, earliest } = deadlines;
    if (first === undefined || earliest === undefined) return out;
    expect(deadlines.timeOf(first)).toBe(earliest);
    out.push([first.name, earliest]);
    deadlines.remove(first);
    expect(first.position).toBe(-1);
  }
}

describe('deadlines', () => {
  it('are empty at first', () => {
    const deadlines = new Deadlines<Item>();
    expect([deadlines.first, deadlines.earliest, deadlines.size]).toEqual([
      undefined,
      undefined,
      0,
    ]);
    expect(deadlines.timeOf(item('none'))).toBeUndefined();
    deadlines.remove(item('none'));
    expect(deadlines.items).toEqual([]);
  });

  it('give the earliest item first, and one with Infinity last', () => {
    const deadlines = new Deadlines<Item>();
    const items = ['c', 'a', 'd', 'b'].map(item);
    const times = [3, 1, Number.POSITIVE_INFINITY, 2];
    for (const [index, each] of items.entries()) deadlines.set(each, times[index] ?? 0);
    expect(deadlines.size).toBe(4);
    expect(drained(deadlines).map(([name]) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('move an item that was added before, to both sides', () => {
    const deadlines = new Deadlines<Item>();
    const [a, b] = [item('a'), item('b')];
    deadlines.set(a, 1);
    deadlines.set(b, 2);
    deadlines.set(a, 3);
    expect(deadlines.first).toBe(b);
    deadlines.set(a, 0);
    expect(deadlines.first).toBe(a);
    expect(deadlines.size).toBe(2);
  });

  it('let the last one rise to a place that was left, above later ones, and sink below earlier ones', () => {
    const heap = (times: readonly number[]) => {
      const deadlines = new Deadlines<Item>();
      const items = times.map((time) => item(String(time)));
      for (const [index, each] of items.entries()) deadlines.set(each, times[index] ?? 0);
      expect(deadlines.items.map(({ name }) => Number(name))).toEqual(times);
      return { deadlines, items };
    };
    const times = (deadlines: Deadlines<Item>) => deadlines.items.map(({ name }) => Number(name));
    // The last one is in another branch than the place, whose parent is later.
    const rising = heap([1, 10, 2, 11, 12, 3, 4]);
    rising.deadlines.remove(rising.items[3] as Item);
    expect(times(rising.deadlines)).toEqual([1, 4, 2, 10, 12, 3]);
    expect(drained(rising.deadlines).map(([, time]) => time)).toEqual([1, 2, 3, 4, 10, 12]);
    // As late as the parent: it stays below.
    const equal = heap([1, 4, 2, 11, 12, 3, 4]);
    equal.deadlines.remove(equal.items[3] as Item);
    expect(equal.deadlines.items[3]).toBe(equal.items[6]);
    const sinking = heap([1, 2, 10, 3, 4, 11, 12]);
    sinking.deadlines.remove(sinking.items[1] as Item);
    expect(times(sinking.deadlines)).toEqual([1, 3, 10, 12, 4, 11]);
    sinking.deadlines.remove(sinking.items[0] as Item);
    expect(times(sinking.deadlines)).toEqual([3, 4, 10, 12, 11]);
    expect(drained(sinking.deadlines).map(([, time]) => time)).toEqual([3, 4, 10, 11, 12]);
  });

  it('behave like a sorted list, whatever is added, moved and removed', () => {
    const steps = fc.array(
      fc.record({ at: fc.nat(15), time: fc.nat(50), isRemoval: fc.boolean() }),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const items = Array.from({ length: 16 }, (_, index) => item(String(index)));
        const deadlines = new Deadlines<Item>();
        const model = new Map<string, number>();
        for (const { at, time, isRemoval } of list) {
          const chosen = items[at] as Item;
          if (isRemoval) {
            deadlines.remove(chosen);
            model.delete(chosen.name);
          } else {
            deadlines.set(chosen, time);
            model.set(chosen.name, time);
          }
          const earliest = model.size === 0 ? undefined : Math.min(...model.values());
          expect(deadlines.earliest).toBe(earliest);
          expect(deadlines.size).toBe(model.size);
          expect(deadlines.timeOf(chosen)).toBe(model.get(chosen.name));
        }
        const out = drained(deadlines);
        expect(out.map(([, time]) => time)).toEqual([...model.values()].sort((x, y) => x - y));
        expect(new Map(out)).toEqual(model);
      }),
    );
  });
});
