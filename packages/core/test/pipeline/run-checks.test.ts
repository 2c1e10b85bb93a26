import { describe, expect, it } from 'vitest';
import { composeChecks } from '../../src/pipeline/run-checks.ts';
import type { Presentation } from '../../src/request/presentation.ts';
import type { CheckResult, RequestCheck } from '../../src/request/request-check.ts';
import type { VerifiedToken } from '../../src/request/verified-token.ts';

const TOKEN = {} as VerifiedToken;
const PRESENTED: Presentation = { token: '', scheme: 'bearer', request: undefined };
const FAILURE = { reason: 'expired' } as const;

function run(...results: readonly (CheckResult | Promise<CheckResult>)[]) {
  const ran: number[] = [];
  const list = results.map(
    (result, index): RequestCheck => ({
      step: index === 0 ? 'issuer' : 'key',
      check(token, presented) {
        expect([token, presented]).toEqual([TOKEN, PRESENTED]);
        ran.push(index);
        return result;
      },
    }),
  );
  return { outcome: composeChecks(list)(TOKEN, PRESENTED), ran };
}

describe('a list of checks', () => {
  it('gives no promise when no check does', () => {
    expect(run(undefined, undefined)).toEqual({ outcome: undefined, ran: [0, 1] });
    expect(run()).toEqual({ outcome: undefined, ran: [] });
  });

  it('stops at the first failure', () => {
    expect(run(FAILURE, undefined)).toEqual({ outcome: FAILURE, ran: [0] });
    expect(run(undefined, FAILURE, undefined)).toEqual({ outcome: FAILURE, ran: [0, 1] });
  });

  it('says which step wants to read the token again', () => {
    expect(run('read_again', FAILURE)).toEqual({ outcome: { readAgain: 'issuer' }, ran: [0] });
    expect(run(undefined, 'read_again')).toEqual({ outcome: { readAgain: 'key' }, ran: [0, 1] });
  });

  it('continues in order after a check with a promise, with the same result', async () => {
    const later = (result: CheckResult) => Promise.resolve(result);
    for (const [results, expected, ran] of [
      [[later(undefined), undefined], undefined, [0, 1]],
      [[later(undefined), later(FAILURE), undefined], FAILURE, [0, 1]],
      [[later(FAILURE), undefined], FAILURE, [0]],
      [[later('read_again'), undefined], { readAgain: 'issuer' }, [0]],
      [[undefined, later(undefined), 'read_again'], { readAgain: 'key' }, [0, 1, 2]],
    ] as const) {
      const running = run(...results);
      expect(running.outcome).toBeInstanceOf(Promise);
      expect(await running.outcome).toEqual(expected);
      expect(running.ran).toEqual(ran);
    }
  });

  it('rejects with the error of a check whose promise rejects', async () => {
    const bug = new Error('a bug');
    await expect(run(Promise.reject(bug), undefined).outcome).rejects.toBe(bug);
  });
});
