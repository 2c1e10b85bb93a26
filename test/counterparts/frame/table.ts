import type { Row } from './workbench.ts';

/** Whether the actual result is the expected one. */
export function isRight({ expected, got }: Row): boolean {
  return expected === got;
}

/** The rows as text, one per line. A row that differs is marked with `!`. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['check', 'expected', 'got'],
    ...rows.map((row) => [row.check, row.expected, isRight(row) ? 'as expected' : `${row.got} !`]),
  ];
  const widths = [0, 1].map((column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
