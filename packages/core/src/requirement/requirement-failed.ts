import type { Unmet } from './requirement.ts';

/** The requirement could not be evaluated: a test threw `cause`. Refuses with 503, never lets pass. */
export function requirementFailed(cause: unknown): Unmet {
  return Object.freeze({ reason: 'requirement_failed', cause });
}
