import type { Citation } from './citations.ts';
import type { Coverage, Entry } from './manifest/entry.ts';

/**
 * Writes `docs/rfc-coverage.md`: what the specifications require, and which tests show that it is
 * done.
 */
export function coverageDocument(
  manifest: readonly Coverage[],
  citations: readonly Citation[],
): string {
  const files = new Map<string, string[]>();
  for (const { id, file } of citations) files.set(id, [...(files.get(id) ?? []), file]);
  return [
    '# RFC coverage',
    '',
    '<!-- Made by `npx pnpm --filter @authly-test/behaviour rfc-coverage`. Edit test/requirements/manifest instead. -->',
    '',
    'What the specifications ask of a resource server, of an issuer of client credentials and of a service that calls others, and the tests that',
    'show it. What they ask of parts that Authly does not have is not listed. A test says the id of what it shows in its name.',
    '',
    ...manifest.flatMap((coverage) => sectionOf(coverage, files)),
  ].join('\n');
}

function sectionOf(
  { rfc, title, scope, entries }: Coverage,
  files: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return [
    `## [RFC ${rfc}](https://www.rfc-editor.org/rfc/rfc${rfc}): ${title}`,
    '',
    `Of ${scope}.`,
    '',
    '| id | | behavior | shown by |',
    '|---|---|---|---|',
    ...entries.map((entry) => rowOf(entry, files.get(entry.id) ?? [])),
    '',
  ];
}

function rowOf({ id, level, behavior, declined }: Entry, files: readonly string[]): string {
  const links = files.map((file) => `[${nameOf(file)}](../${file})`);
  const shown = links.join(', ');
  const notDone = declined === undefined ? '' : `Not done: ${declined} `;
  return `| ${id} | ${level} | ${behavior} | ${(notDone + shown).trim()} |`;
}

/** Shortens the path of a test file, to `test/edge/challenges` for example. */
function nameOf(file: string): string {
  return file.replace(/\.test\.ts$/, '').replace(/^packages\/(\w+)\/test\//, '$1/');
}
