import type { ResolvedKeyOptions } from './key-options.ts';

/**
 * Computes how long a fetched key set counts as fresh, in milliseconds: the `max-age` in its `Cache-Control` minus its
 * `Age` (RFC 9111 §4.2), within the configured limits. If the response has `no-cache`, `no-store` or no `max-age`, it
 * is the configured default. `Expires` and `s-maxage` are ignored.
 *
 * `hintSec` is how often the set itself asks to be read, in seconds (SPIFFE's `spiffe_refresh_hint`). If it is there,
 * it is used instead of the headers, within the same limits.
 */
export function freshForMs(
  headers: Headers,
  timing: ResolvedKeyOptions,
  hintSec?: unknown,
): number {
  if (typeof hintSec === 'number' && hintSec > 0) return withinBounds(hintSec * 1_000, timing);
  const directives = (headers.get('cache-control') ?? '').toLowerCase().split(',');
  let maxAge: number | undefined;
  for (const directive of directives) {
    const [name = '', value = ''] = directive.split('=');
    switch (name.trim()) {
      case 'no-cache':
      case 'no-store':
        return timing.freshForMs;
      case 'max-age':
        maxAge ??= secondsOf(value);
    }
  }
  if (maxAge === undefined) return timing.freshForMs;
  const left = (maxAge - (secondsOf(headers.get('age') ?? '') ?? 0)) * 1_000;
  return withinBounds(left, timing);
}

function withinBounds(ms: number, timing: ResolvedKeyOptions): number {
  return Math.min(Math.max(ms, timing.freshForMinMs), timing.freshForMaxMs);
}

/** Reads a number of seconds (delta-seconds, RFC 9111 §1.2.2). Some servers put it into quotes. */
function secondsOf(text: string): number | undefined {
  const digits = /^\s*"?(\d{1,15})"?\s*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
