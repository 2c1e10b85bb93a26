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
  it('calls nobody if there is no listener', () => {
    const { state } = aState();
    tellEnd(state, END);
    expect(state.extras).toBeUndefined();
  });

  it('calls every listener in order, and then aborts the signal', () => {
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

  it('calls each listener once, also when it is told again', () => {
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

  it('aborts the signal also without a listener', () => {
    const { state } = aState();
    state.writable.controller = new AbortController();
    tellEnd(state, END);
    expect(state.writable.controller.signal.aborted).toBe(true);
  });
});

describe('a listener', () => {
  it('that throws or rejects does not stop the calls of the others', async () => {
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
