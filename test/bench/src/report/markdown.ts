import type { Cell, Goal, Report, Table } from './report.ts';

/** A report as Markdown: the machine, the goals and the tables. */
export function reportMarkdown(report: Report): string {
  const { environment, part, takenAt, tookSec, goals, tables } = report;
  const { node, processor, cores, loadAverage } = environment;
  const where = `Node.js ${node}, ${processor}, ${cores} cores, load average ${loadAverage.toFixed(1)} at the start`;
  const blocks = [
    `## ${part}`,
    `${where}; ${takenAt}, ${Math.round(tookSec)} s. Medians, the middle half in brackets.`,
    ...tables.map(tableMarkdown),
    ...(goals.length > 0 ? [tableMarkdown(goalsTable(goals))] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** A table as Markdown, with its title and note. */
export function tableMarkdown({ title, note, columns, rows }: Table): string {
  return [
    `### ${title}`,
    '',
    note,
    '',
    line(columns),
    line(columns.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map((row) => line(row.map(cellText))),
  ].join('\n');
}

/** Goals as a table. */
export function goalsTable(goals: readonly Goal[]): Table {
  return {
    title: 'Goals',
    note: 'What is to be reached, against what was measured.',
    columns: ['measure', 'goal', 'measured', 'reached'],
    rows: goals.map(({ measure, limit, measured, met }) => [
      measure,
      limit,
      measured,
      met ? 'yes' : 'no',
    ]),
  };
}

/** A cell as text: three significant digits, and the middle half if there is one. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return numberText(cell);
  const { median, p25, p75 } = cell;
  return `${numberText(median)} (${numberText(p25)}–${numberText(p75)})`;
}

/** A number as text, with three significant digits and separated thousands. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 0.1 ? 2 : 3);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
