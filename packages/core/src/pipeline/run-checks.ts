import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Step } from '../model/reasons.ts';
import type { Presentation } from '../request/presentation.ts';
import type { CheckFailure, CheckResult, RequestCheck } from '../request/request-check.ts';
import type { VerifiedToken } from '../request/verified-token.ts';

/** What a list of checks says: nothing, a failure, or the step that wants the token read again. */
export type ChecksResult = undefined | CheckFailure | ReadAgain;

/** A check wants the token read again. */
export interface ReadAgain {
  readonly readAgain: Step;
}

/** Runs a list of checks on a token; stops at the first that does not pass. */
export type RunChecks = (
  token: VerifiedToken,
  presented: Presentation,
) => MaybePromise<ChecksResult>;

/** Composes a list once, so that a request pays for the checks alone: no closure, and no promise that is not needed. */
export function composeChecks(list: readonly RequestCheck[]): RunChecks {
  const checks = list.map(({ check }) => check);
  const readAgain = list.map(({ step }): ReadAgain => Object.freeze({ readAgain: step }));

  function outcome(result: CheckResult, index: number): ChecksResult {
    return result === 'read_again' ? readAgain[index] : result;
  }

  async function runFrom(
    first: number,
    pending: Promise<CheckResult>,
    token: VerifiedToken,
    presented: Presentation,
  ): Promise<ChecksResult> {
    const result = await pending;
    if (result !== undefined) return outcome(result, first);
    for (let index = first + 1; index < checks.length; index++) {
      const next = await checks[index]?.(token, presented);
      if (next !== undefined) return outcome(next, index);
    }
    return undefined;
  }

  return function runChecks(token, presented) {
    for (let index = 0; index < checks.length; index++) {
      const result = checks[index]?.(token, presented);
      if (result === undefined) continue;
      if (isThenable(result)) return runFrom(index, result, token, presented);
      return outcome(result, index);
    }
    return undefined;
  };
}
