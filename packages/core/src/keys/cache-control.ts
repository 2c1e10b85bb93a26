import type { ResolvedKeyOptions } from './key-options.ts';

/**
 * How long a fetched key set counts as fresh, in milliseconds: `max-age` of its `Cache-Control` minus
 * its `Age` (RFC 9111 §4.2), within the configured bounds. It is the configured default when the response
 * says `no-cache` or `no-store`, or nothing usable. `Expires` and `s-maxage` are ignored.
 *
 * `hintSec` is what the set itself says about how often to read it (SPIFFE's `spiffe_refresh_hint`). It
 * replaces all of that, within the same bounds.
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

/** delta-seconds (RFC 9111 §1.2.2), which some senders put into quotes. */
function secondsOf(text: string): number | undefined {
  const digits = /^\s*"?(\d{1,15})"?\s*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
