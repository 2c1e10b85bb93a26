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
