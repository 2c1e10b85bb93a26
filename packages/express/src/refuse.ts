import { isAuthError, RefusedError, type ResourceServer } from '@authly/core';
import type { ExpressNext, ExpressResponse } from './framework.ts';

/**
 * Answers a refusal (RFC 6750 §3), or hands it to the application's error handling. What is no
 * refusal is a fault, and always goes there.
 */
export function refuse(
  error: unknown,
  { resourceServer, delegated }: { resourceServer: ResourceServer<unknown>; delegated: boolean },
  { response, next }: { response: ExpressResponse; next: ExpressNext },
): void {
  if (!isAuthError(error)) {
    next(error);
    return;
  }
  const refusal = resourceServer.refusal(error);
  if (delegated || response.headersSent) {
    next(new RefusedError(error, refusal));
    return;
  }
  response.statusCode = refusal.status;
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  response.end(refusal.body);
}
