import { describe, expect, it } from 'vitest';
import { createLanes } from '../../src/introspection/lanes.ts';

describe('lanes', () => {
  it('give unknown tokens half of the places, and known tokens all that are free', () => {
    const lanes = createLanes(5);
    const strangers = [lanes.enter(false), lanes.enter(false), lanes.enter(false)];
    expect(strangers.map((leave) => leave !== undefined)).toEqual([true, true, false]);
    const known = [true, true, true, true].map((isKnown) => lanes.enter(isKnown));
    expect(known.map((leave) => leave !== undefined)).toEqual([true, true, true, false]);
  });

  it('have a free place again once a question is over', () => {
    const lanes = createLanes(2);
    const leave = lanes.enter(false);
    expect(lanes.enter(false)).toBeUndefined();
    leave?.();
    expect(lanes.enter(false)).toBeDefined();
    const known = lanes.enter(true);
    expect(lanes.enter(true)).toBeUndefined();
    known?.();
    // A place that a known token frees is not one of those for unknown tokens.
    expect(lanes.enter(false)).toBeUndefined();
    expect(lanes.enter(true)).toBeDefined();
  });

  it('give an unknown token the only place', () => {
    const lanes = createLanes(1);
    expect(lanes.enter(false)).toBeDefined();
    expect(lanes.enter(true)).toBeUndefined();
  });
});
