import { COLUMNS, type Column, type Evidence, LEVELS, PRESETS } from './evidence.ts';

const TITLES: Readonly<Record<Column, string>> = {
  jwt: 'JWT',
  opaque: 'opaque',
  dpop: 'DPoP',
  mtls: 'mTLS',
  logout: 'logout',
  exchange: 'exchange',
};

/**
 * Writes `docs/provider-matrix.md`: what was run for each preset, what was recorded, and what only
 * the documentation says.
 */
export function matrixDocument(evidence: readonly Evidence[]): string {
  return [
    '# What is known of each provider, and how',
    '',
    '<!-- Made by `npx pnpm --filter @authly-test/behaviour provider-matrix` from the tests. Edit those instead. -->',
    '',
    '| cell | means |',
    '|---|---|',
    "| **live** | the provider's own software issues the tokens whenever the tests run, and the API reads them |",
    "| **weekly** | the provider's own server issues them when `npx pnpm counterpart <name>` runs, by hand and every week: [counterparts.md](counterparts.md) |",
    '| recorded | tokens or answers of a real server, of the version named, are read as who really called: [`test/recorded`](../test/recorded) |',
    '| documentation | the shape is from documentation or source. No token of a real server was seen |',
    '| – | no test has such a token of that provider. It does not mean that the provider has none |',
    '',
    'The columns: **JWT** and **opaque** access tokens (answers of introspection), those bound by **DPoP** or to a certificate (**mTLS**), **logout**',
    'tokens, which are refused as access tokens, and tokens by **exchange** or an assertion (RFC 8693, RFC 7523), with or without an `act`.',
    'A recorded token that is bound is refused without a proof, and read as if it were not bound: its key is not here. Those of live and weekly runs come with theirs, and their logout tokens sign people out.',
    '',
    `| preset | ${COLUMNS.map((column) => TITLES[column]).join(' | ')} | what was run |`,
    `|---${'|---'.repeat(COLUMNS.length)}|---|`,
    ...PRESETS.map(({ preset, file }) => rowOf(preset, file, evidence)),
    '',
  ].join('\n');
}

function rowOf(preset: string, file: string, evidence: readonly Evidence[]): string {
  const own = evidence.filter((each) => each.preset === preset);
  const cells = COLUMNS.map((column) => cellOf(own.filter((each) => each.column === column)));
  const software = new Set(own.flatMap((each) => each.software ?? []));
  const ran = [...software].toSorted().join('; ');
  return `| [\`${preset}\`](presets/${file}.md) | ${cells.join(' | ')} | ${ran || '–'} |`;
}

function cellOf(evidence: readonly Evidence[]): string {
  const level = LEVELS.find((each) => evidence.some((one) => one.level === each));
  if (level === undefined) return '–';
  return level === 'live' || level === 'weekly' ? `**${level}**` : level;
}
