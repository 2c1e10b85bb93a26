/** A token that a page of docs/presets shows, and what it says the token is read as. */
interface ShownToken {
  /** What the page calls it: `A user`. */
  readonly name: string;
  readonly header: Members;
  readonly claims: Members;
  /** The token is opaque, and the claims are those of the server's answer about it. */
  readonly isAnswer: boolean;
  readonly reading: Members;
}

/** A line of a page's table of refusals: a token of the page, and the change that gets it refused. */
interface ShownRefusal {
  readonly what: string;
  /** The name of the token. */
  readonly token: string;
  readonly part: 'header' | 'claims';
  /** Merged into that part (RFC 7396). */
  readonly change: Members;
  readonly reason: string;
  /** The preset's rule, where the reason is that the kind is not known. */
  readonly rule: string | undefined;
}

/** What a page of docs/presets states, as far as it can be tried. */
export interface PresetPage {
  /** The headings of its sections, in their order. */
  readonly headings: readonly string[];
  /** What each member of a principal is read from: the cells, by the member's name. */
  readonly sources: ReadonlyMap<string, string>;
  /** What it says of the operator's part in telling users from machines. */
  readonly onYourWord: string | undefined;
  readonly tokens: readonly ShownToken[];
  readonly refusals: readonly ShownRefusal[];
  /** Lines in the two sections before that look like a token or a refusal, and cannot be tried. */
  readonly untried: number;
}

export type Members = Readonly<Record<string, unknown>>;

const TOKEN = /^(\S[^\n]*):\n\n```json\n([\s\S]*?)\n```\n\n```json\n([\s\S]*?)\n```$/gm;
const SOURCE = /^\| `(\w+)` \| (.+) \|$/gm;
const REFUSAL =
  /^\| ([^|]+) \| ([^|]+) \| (header |)`(\{.*\})` \| \[`(\w+)`\]\([^)]+\)(?:: (.+))? \|$/gm;

/** Reads the page of a preset. */
export function parsePresetPage(text: string): PresetPage {
  const sections = new Map(text.split(/^## /m).map(headed));
  const tokensShown = sections.get('Tokens, and what they are read as') ?? '';
  const refusalsShown = sections.get('What is refused') ?? '';
  const tokens = [...tokensShown.matchAll(TOKEN)].map(shownToken);
  const refusals = [...refusalsShown.matchAll(REFUSAL)].map(shownRefusal);
  const jsonBlocks = tokensShown.match(/^```json$/gm) ?? [];
  const rows = refusalsShown.match(/^\|/gm) ?? [];
  const sources = (sections.get('Which claim becomes what') ?? '').matchAll(SOURCE);
  const rule = sections.get('How users and machines are told apart') ?? '';
  return {
    headings: [...sections.keys()].slice(1),
    sources: new Map([...sources].map(([, member = '', cell = '']) => [member, cell])),
    onYourWord: /^\*\*On your word:\*\* (\S[\s\S]*)/m.exec(rule)?.[1],
    tokens,
    refusals,
    // A table has two lines above its rows.
    untried: jsonBlocks.length - 2 * tokens.length + rows.length - 2 - refusals.length,
  };
}

function headed(section: string): readonly [string, string] {
  const end = section.indexOf('\n');
  return [section.slice(0, end), section.slice(end + 1)];
}

function shownToken([, name = '', token = '', reading = '']: readonly string[]): ShownToken {
  const shown: { header: Members; claims: Members } | { answer: Members } = JSON.parse(token);
  const parts =
    'answer' in shown
      ? { header: {}, claims: shown.answer, isAnswer: true }
      : { header: shown.header, claims: shown.claims, isAnswer: false };
  return { name, ...parts, reading: JSON.parse(reading) };
}

function shownRefusal(cells: readonly string[]): ShownRefusal {
  const [, what = '', token = '', part, change = '', reason = '', rule] = cells;
  return {
    what,
    token,
    part: part === '' ? 'claims' : 'header',
    change: JSON.parse(unescaped(change)),
    reason,
    rule: rule === undefined ? undefined : unescaped(rule),
  };
}

/** In a table a bar stands behind a backslash. */
function unescaped(cell: string): string {
  return cell.replaceAll('\\|', '|');
}

/** JSON Merge Patch (RFC 7396) of an object: `null` takes a member out. */
export function merged(target: unknown, patch: Members): Members {
  const result: Record<string, unknown> = isMembers(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = isMembers(value) ? merged(result[name], value) : value;
  }
  return result;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
