import { checkOf, type ErrorsOf, errorsOf } from './route-check.ts';
import type { Coverage } from './route-path.ts';

/** Handlers that come before or after a route, and whether they run for every request to it. */
export interface Neighbour {
  readonly handlers: readonly unknown[];
  readonly runs: Coverage;
}

/** Where an error handler is that should be on the other side of the route. */
export type WrongPlace = 'before_the_route' | 'after_the_route';

/**
 * Whether `authErrorHandler()` is on the wrong side of a route, so that errors of the route never reach it. `undefined`
 * when there is none, or when another one may answer them. Express calls an error handler only for what comes before
 * it, Koa for what comes after it.
 */
export function errorHandlerPlace(
  handlers: readonly unknown[],
  before: readonly Neighbour[],
  after: readonly Neighbour[],
): WrongPlace | undefined {
  const last = lastHandler(handlers);
  const earlier = [...before, ownPart(handlers.slice(0, last))];
  const later = [...after, ownPart(handlers.slice(last + 1))];
  const isAnswered = mayAnswer(later, 'before') || mayAnswer(earlier, 'after');
  if (isAnswered) return undefined;
  if (isIn(earlier, 'before')) return 'before_the_route';
  return isIn(later, 'after') ? 'after_the_route' : undefined;
}

/** The index of the handler that answers, or -1. */
export function lastHandler(handlers: readonly unknown[]): number {
  return handlers.findLastIndex(
    (handler) => checkOf(handler) === undefined && errorsOf(handler) === undefined,
  );
}

function ownPart(handlers: readonly unknown[]): Neighbour {
  return { handlers, runs: 'yes' };
}

function mayAnswer(neighbours: readonly Neighbour[], kind: ErrorsOf): boolean {
  return neighbours.some(({ handlers, runs }) => runs !== 'no' && hasKind(handlers, kind));
}

function isIn(neighbours: readonly Neighbour[], kind: ErrorsOf): boolean {
  return neighbours.some(({ handlers, runs }) => runs === 'yes' && hasKind(handlers, kind));
}

function hasKind(handlers: readonly unknown[], kind: ErrorsOf): boolean {
  return handlers.some((handler) => errorsOf(handler) === kind);
}
