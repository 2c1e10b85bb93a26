import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LeaseEnd, leaseEnds } from '../../src/lease/lease-end.ts';
import { LeaseState } from '../../src/lease/lease-state.ts';
import { tellEnd, tellListener } from '../../src/lease/tell-end.ts';
import { aHeld } from './held.ts';

const END = leaseEnds({}).revoked;

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
  unhandled.length = 0;
});

function aState() {
  const state = new LeaseState(aHeld());
  const told: (readonly [string, LeaseEnd])[] = [];
  const listener = (name: string) => (end: LeaseEnd) => {
    told.push([name, end]);
  };
  return { state, told, listener };
}

describe('the end of a lease', () => {
  it('is told to nobody where nobody asked', () => {
    const { state } = aState();
    tellEnd(state, END);
    expect(state.extras).toBeUndefined();
  });

  it('is told to everybody who asked, in order, and then aborts the signal with it', () => {
    const { state, told, listener } = aState();
    state.listener = listener('first');
    state.writable.listeners = [listener('second'), listener('third')];
    state.writable.controller = new AbortController();
    const { signal } = state.writable.controller;
    signal.addEventListener('abort', () => listener('signal')(signal.reason.end));
    tellEnd(state, END);
    expect(told).toEqual([
      ['first', END],
      ['second', END],
      ['third', END],
      ['signal', END],
    ]);
    expect(signal.reason).toMatchObject({ name: 'LeaseEndedError', end: END });
  });

  it('is told to each once, also where it is told again, or while it is told', () => {
    const { state, told, listener } = aState();
    const again = (name: string) => (end: LeaseEnd) => {
      listener(name)(end);
      tellEnd(state, END);
    };
    state.listener = again('first');
    state.writable.listeners = [again('second')];
    tellEnd(state, END);
    tellEnd(state, END);
    expect(told.map(([name]) => name)).toEqual(['first', 'second']);
  });

  it('is told to the signal alone where nobody else asked', () => {
    const { state } = aState();
    state.writable.controller = new AbortController();
    tellEnd(state, END);
    expect(state.writable.controller.signal.aborted).toBe(true);
  });
});

describe('a listener', () => {
  it('that throws, or rejects, keeps nobody else from being told', async () => {
    const { state, told, listener } = aState();
    const fault = () => {
      throw new Error('a bug');
    };
    const rejection = (async () => fault()) as () => void;
    state.listener = fault;
    state.writable.listeners = [rejection, listener('last')];
    tellEnd(state, END);
    tellListener(fault, END);
    tellListener(rejection, END);
    await new Promise((resolve) => setTimeout(resolve));
    expect([told, unhandled]).toEqual([[['last', END]], []]);
  });
});
