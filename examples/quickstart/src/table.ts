import type { Row } from './send.ts';

const GAP = '  ';

/** An aligned table. With `columns`, lines are kept to that width by shortening challenges. */
export function formatTable(
  rows: readonly Row[],
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const lines = [
    ['REQUEST', 'TOKEN', 'WHO WAS SEEN', 'STATUS', 'CHALLENGE'],
    ...rows.map(({ request, status, seen, challenge, asExpected }) => [
      `${request.method.padEnd(4)} ${request.path}`,
      request.token,
      seen,
      asExpected ? `${status}` : `${status}!`,
      challenge,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const left = columns - widths.reduce((sum, width) => sum + width + GAP.length, 0);
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .with(-1, shortenChallenge(cells.at(-1) ?? '', left))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** A challenge in at most `width` characters: first without its description, then its error alone. */
export function shortenChallenge(challenge: string, width: number): string {
  const withoutDescription = challenge.replace(/, error_description="[^"]*"/, '');
  const [, error = withoutDescription] = /\berror="([^"]*)"/.exec(challenge) ?? [];
  const shorter = [challenge, withoutDescription, error].find((text) => text.length <= width);
  return shorter ?? `${error.slice(0, Math.max(width - 1, 0))}…`;
}
