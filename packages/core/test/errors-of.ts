import { expect } from 'vitest';
import { type AuthError, isAuthError } from '../src/model/errors.ts';

/** The `AuthError` that a call throws, or that its promise rejects with; fails when it succeeds. */
export async function refusalOf(call: () => unknown): Promise<AuthError> {
  try {
    await call();
  } catch (error) {
    if (isAuthError(error)) return error;
    throw error;
  }
  return expect.unreachable('it should have been refused');
}

/** The reason of a refusal; `accepted` when there is none. */
export async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'accepted';
  } catch (error) {
    if (isAuthError(error)) return error.reason;
    throw error;
  }
}
