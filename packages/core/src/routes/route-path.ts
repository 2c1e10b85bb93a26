/** A part of a path that the framework does not keep. One object is one such part. */
export interface UnknownPart {
  /** In words, for documentation. */
  readonly why: string;
}

/** A path as an adapter finds it: what mounts and the route give, from the outermost. */
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
  /** One segment or more to the end: `*rest`. Written without a slash it also stands for none. */
  | { readonly kind: 'rest'; readonly text: string; readonly orNone: boolean }
  /** Something else, up to the end: it is known how it is written, not what it matches. */
  | { readonly kind: 'pattern'; readonly text: string }
  /** Any number of segments, or none: nobody knows. */
  | { readonly kind: 'unknown'; readonly part: UnknownPart };

/** A route's path as far as it is known; empty for `/`. */
export type RoutePath = readonly PathSegment[];

/** Whether what stands at one path runs for every request to another: always, never, or who knows. */
export type Coverage = 'yes' | 'no' | 'maybe';

const PARAMETER = /^:([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u;
const REST = /^\*(?:[\p{ID_Start}$_][\p{ID_Continue}$]*)?$/u;
// Every character that some version of Express or of a Koa router reads as more than itself.
const SPECIAL = /[:*?+(){}[\]\\|^$!"]/;

/** Takes a path apart that may be known in part. */
export function pathOf(parts: PathParts): RoutePath {
  return parts.flatMap((part) =>
    typeof part === 'string' ? parsePath(part) : [{ kind: 'unknown' as const, part }],
  );
}

/** Takes a path of Express or of a Koa router apart. A slash at the end counts as none. */
export function parsePath(path: string): RoutePath {
  const segments: PathSegment[] = [];
  const texts = path.split('/');
  for (const [index, text] of texts.entries()) {
    if (text === '' && (index === 0 || index === texts.length - 1)) continue;
    const segment = simpleSegment(text, index === 0);
    if (segment !== undefined) {
      segments.push(segment);
      continue;
    }
    // What is between parentheses or braces may hold slashes: the rest is taken as a whole.
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
    if (segment.kind === 'parameter') continue;
    // A literal against a parameter, or against itself in capitals, which routers may tell apart.
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

function isAlike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
