import { describe, expect, it } from 'vitest';
import { NOW } from '../../../../test/support/tokens.ts';
import { LeaseState } from '../../src/lease/lease-state.ts';
import { aHeld } from './held.ts';

const aState = () => new LeaseState(aHeld({ principal: { expiresAt: NOW + 600 } }));

describe('the state of a lease', () => {
  it('begins without a place in the heap, without listeners, and without a running check', () => {
    expect(aState()).toMatchObject({
      position: -1,
      ended: undefined,
      listener: undefined,
      extras: undefined,
      failingSince: undefined,
      isChecking: false,
    });
  });

  it('is due when its token expires', () => {
    const state = aState();
    expect(state.expiresAtMs).toBe((NOW + 600) * 1_000);
    expect(state.nextDueMs).toBe((NOW + 600) * 1_000);
    state.held = aHeld({ principal: { expiresAt: NOW + 900 } });
    expect(state.nextDueMs).toBe((NOW + 900) * 1_000);
  });

  it('is due earlier if a renewal is wanted, until the listener was called', () => {
    const state = aState();
    const renewalDue = { bySec: 60, listener: () => {}, isTold: false };
    state.writable.renewalDue = renewalDue;
    expect(state.nextDueMs).toBe((NOW + 540) * 1_000);
    renewalDue.isTold = true;
    expect(state.nextDueMs).toBe((NOW + 600) * 1_000);
  });

  it('has extras once they are needed, and keeps them', () => {
    const state = aState();
    const { writable } = state;
    writable.renewals = { since: 1, count: 1 };
    expect(state.writable).toBe(writable);
    expect(state.extras).toBe(writable);
  });
});
