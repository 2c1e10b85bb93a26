import type { Ending, Placed } from './route-layer.ts';
import { type Coverage, covers, type PathSegment } from './route-path.ts';

/** Whether middleware runs before a route, for a request to the route's path as it is written. */
export function runsBefore(step: Placed, route: Placed): Coverage {
  if (step.within !== undefined && step.within !== route.within) return 'no';
  const runs = covers(step.path, step.end, route.path);
  if (runs === 'no' || endsOtherwise(step, route)) return 'no';
  if (step.method === '*' || step.method === route.method) return runs;
  // A handler for GET also runs for HEAD, in every framework.
  if (step.method === 'GET' && route.method === 'HEAD') return runs;
  return route.method === '*' ? 'maybe' : 'no';
}

/** Whether middleware does not run for a route's path as it is written, because of the slash at the end of one of them. */
function endsOtherwise(step: Placed, route: Placed): boolean {
  const { path, end, endings } = step;
  if (endings === undefined || !isPlain(path.at(-1))) return false;
  const next = route.path[path.length];
  if (next === undefined)
    return path.length === route.path.length && !endings.includes(written(route));
  // After a path that needs a slash at its end, another slash must follow: `/a/` is not the beginning of `/a/b`.
  return !end && !endings.includes('') && !(next.kind === 'literal' && next.text === '');
}

function written({ endings = [''] }: Placed): Ending {
  return endings.includes('') ? '' : '/';
}

/** The end of a warning about a slash at the end of the path. */
export const BY_SLASHES = 'with more or fewer slashes at its end';

/** How other requests reach the route, but not the middleware before it. */
export function evasions(step: Placed, route: Placed): readonly string[] {
  return [
    ...(isEvaded(step, route) ? ['in other capitals'] : []),
    ...(isEvadedBySlash(step, route) ? [BY_SLASHES] : []),
  ];
}

function isEvadedBySlash({ path, end, endings }: Placed, route: Placed): boolean {
  if (endings === undefined || path.length !== route.path.length) return false;
  const { endings: others = ['', '/'] } = route;
  const missed = others.filter((ending) => !endings.includes(ending));
  // Every request has the first slash.
  if (path.length === 0) return end && missed.some((ending) => ending !== '');
  return isPlain(path.at(-1)) && missed.length > 0;
}

/** Whether a segment may be the last one, and does not itself match a slash after it. */
function isPlain(segment: PathSegment | undefined): boolean {
  return segment !== undefined && segment.kind !== 'rest' && segment.kind !== 'unknown';
}

/** Whether a request with other upper and lower case reaches the route, but not the middleware before it. */
function isEvaded(step: Placed, route: Placed): boolean {
  if (step.sensitive !== true || route.sensitive !== false) return false;
  return step.path.some((segment) => segment.kind === 'literal' && /[a-z]/i.test(segment.text));
}
