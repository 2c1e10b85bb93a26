import { describe, expect, it } from 'vitest';
import {
  asAgent,
  asClient,
  asUnknown,
  asUser,
} from '../../../src/providers/internal/classification.ts';

describe('a verdict on who is calling', () => {
  it('has the ids, and the rule that decided', () => {
    expect(asUser('ada', 'web', 'r')).toEqual({
      kind: 'user',
      userId: 'ada',
      clientId: 'web',
      rule: 'r',
    });
    expect(asClient('nightly', 'r')).toEqual({ kind: 'client', clientId: 'nightly', rule: 'r' });
    const agent = { kind: 'client', clientId: 'bot', agent: true, rule: 'r' };
    expect(asAgent('bot', 'r')).toStrictEqual(agent);
    expect(asAgent('bot', 'r', 'account')).toStrictEqual({ ...agent, subject: 'account' });
  });

  it('is unknown without an id, whatever kind the rule says', () => {
    expect(asUser(undefined, 'web', 'r').kind).toBe('unknown');
    for (const verdict of [asClient(undefined, 'r'), asAgent(undefined, 'r', 'account')]) {
      expect(verdict.kind).toBe('unknown');
    }
    expect(asUnknown('r')).toEqual({ kind: 'unknown', rule: 'r' });
    expect(Object.isFrozen(asUnknown('r'))).toBe(true);
  });
});
