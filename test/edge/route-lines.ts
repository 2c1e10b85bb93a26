import type { RouteDescription } from '@authly/core';

/** One line a route: whether authenticated, what it needs, what is not known, and warnings. */
export function linesOf(routes: readonly RouteDescription[]): readonly string[] {
  return routes.map(
    ({ method, path, requirements, authenticated, optional, unknown, warnings }) => {
      const who = authenticated ? (optional ? 'optional' : 'authenticated') : 'open';
      const needs = requirements.map(({ description }) => description).join(' + ') || '-';
      return [method, path ?? '?', who, needs, ...unknown, ...warnings].join(' | ');
    },
  );
}
