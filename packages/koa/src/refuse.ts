import { isAuthError, RefusedError, type ResourceServer } from '@authly/core';
import type { KoaContext } from './framework.ts';

/**
 * Answers a refusal (RFC 6750 §3), or throws it for the application's error handling. What is no
 * refusal is a fault, and always thrown.
 */
export function refuse(
  error: unknown,
  { resourceServer, delegated }: { resourceServer: ResourceServer<unknown>; delegated: boolean },
  context: KoaContext,
): void {
  if (!isAuthError(error)) throw error;
  const refusal = resourceServer.refusal(error);
  if (delegated) throw new RefusedError(error, refusal);
  context.status = refusal.status;
  context.set({ ...refusal.headers });
  context.body = refusal.body;
}
