/** A part of a path that the framework does not keep. One object is one such part. */
export interface UnknownPart {
  /** In words, for documentation. */
  readonly why: string;
}

/** A path as an adapter finds it: the parts of the mount points and of the route, the outermost first. */
export type PathParts = readonly (string | UnknownPart)[];

/** One part of a path, from what a framework keeps of it. */
export function pathPart(path: unknown): string | UnknownPart {
  if (typeof path === 'string') return path;
  const isPattern = path instanceof RegExp;
  return { why: isPattern ? `the path is a regular expression, ${path}` : 'no path is kept' };
}

/** One part of a route's path, between two slashes. */
export type PathSegment =
  /** Text that is compared as it stands. */
  | { readonly kind: 'literal'; readonly text: string }
  /** Any one segment: `:id`. */
  | { readonly kind: 'parameter'; readonly text: string; readonly name: string }
  /** One or more segments to the end: `*rest`. Written without a slash before it, none is enough. */
  | { readonly kind: 'rest'; readonly text: string; readonly orNone: boolean }
  /** Any other text up to the end of the path: how it is written is known, but not what it matches. */
  | { readonly kind: 'pattern'; readonly text: string }
  /** An unknown number of segments. */
  | { readonly kind: 'unknown'; readonly part: UnknownPart };

/** A route's path as far as it is known; empty for `/`. */
export type RoutePath = readonly PathSegment[];

/** Whether middleware at one path runs for every request to another: always, never, or unknown. */
export type Coverage = 'yes' | 'no' | 'maybe';

const PARAMETER = /^:([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u;
const REST = /^\*(?:[\p{ID_Start}$_][\p{ID_Continue}$]*)?$/u;
// Every character that has a special meaning in some version of Express or of a Koa router.
const SPECIAL = /[:*?+(){}[\]\\|^$!"]/;

/** Splits a path, of which some parts may be unknown. */
export function pathOf(parts: PathParts): RoutePath {
  return parts.flatMap((part) =>
    typeof part === 'string' ? parsePath(part) : [{ kind: 'unknown' as const, part }],
  );
}

/** Splits a path of Express or of a Koa router. A slash at the end is ignored. */
export function parsePath(path: string): RoutePath {
  const segments: PathSegment[] = [];
  const texts = path.split('/');
  for (const [index, text] of texts.entries()) {
    if (text === '' && (index === 0 || index === texts.length - 1)) continue;
    const segment = simpleSegment(text, index === 0);
    // `*rest` matches slashes, so that one after it counts.
    const isRest = segment?.kind === 'rest' && texts[index + 1] === '';
    if (segment !== undefined && !isRest) {
      segments.push(segment);
      continue;
    }
    // Text between parentheses or braces may have slashes, so the rest of the path is one part.
    segments.push({ kind: 'pattern', text: texts.slice(index).join('/') });
    break;
  }
  return segments;
}

/** The path as it is written; `undefined` when a part of it is unknown. */
export function pathText(path: RoutePath): string | undefined {
  let text = '';
  for (const segment of path) {
    if (segment.kind === 'unknown') return undefined;
    text += `/${segment.text}`;
  }
  return text === '' ? '/' : text;
}

/**
 * Whether middleware at `step` runs for every request to `route`. With `end` it needs the whole path,
 * otherwise its beginning.
 */
export function covers(step: RoutePath, end: boolean, route: RoutePath): Coverage {
  let sure = true;
  for (const [index, segment] of step.entries()) {
    const other = route[index];
    if (segment.kind === 'rest' && index === step.length - 1) {
      if (other === undefined && !segment.orNone) return 'no';
      return sure && (other === undefined || !isOpen(other) || isSame(segment, other))
        ? 'yes'
        : 'maybe';
    }
    if (other === undefined) return isOpen(segment) ? 'maybe' : 'no';
    if (isSame(segment, other)) continue;
    if (isOpen(segment) || isOpen(other)) return 'maybe';
    // No parameter matches nothing between two slashes.
    if (isNothing(segment) || isNothing(other)) return 'no';
    if (segment.kind === 'parameter') continue;
    // A literal and a parameter, or two spellings in upper and lower case: it depends on the router.
    if (other.kind === 'literal' && !isAlike(segment.text, other.text)) return 'no';
    sure = false;
  }
  const rest = route[step.length];
  if (!end || rest === undefined) return sure ? 'yes' : 'maybe';
  return isOpen(rest) ? 'maybe' : 'no';
}

function simpleSegment(text: string, orNone: boolean): PathSegment | undefined {
  const name = PARAMETER.exec(text)?.[1];
  if (name !== undefined) return { kind: 'parameter', text, name };
  if (REST.test(text)) return { kind: 'rest', text, orNone };
  return SPECIAL.test(text) ? undefined : { kind: 'literal', text };
}

function isSame(one: PathSegment, other: PathSegment): boolean {
  if (one.kind === 'unknown') return other.kind === 'unknown' && one.part === other.part;
  return one.kind === other.kind && one.text === other.text;
}

/** Whether it may stand for any number of segments. */
function isOpen(
  segment: PathSegment,
): segment is Extract<PathSegment, { kind: 'rest' | 'pattern' | 'unknown' }> {
  return segment.kind !== 'literal' && segment.kind !== 'parameter';
}

/** What stands between the slashes of `//`. */
function isNothing(segment: PathSegment): boolean {
  return segment.kind === 'literal' && segment.text === '';
}

function isAlike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
