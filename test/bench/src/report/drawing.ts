import { numberText } from './markdown.ts';
import type { Bar, Chart } from './report.ts';

const WIDTH = 860;
const LABELS = 240;
const FIGURES = 90;
const BARS = WIDTH - LABELS - FIGURES;
const ROW = 22;
const HEAD = 44;
const GAP = 22;

const OURS = '#1f6feb';
const THEIRS = '#9aa4b2';

/** Charts below each other as one SVG: bars from zero, with a line over the middle half. */
export function drawing(charts: readonly Chart[]): string {
  let top = GAP;
  const drawn: string[] = [];
  for (const chart of charts) {
    drawn.push(`<g transform="translate(0 ${top})">${chartSvg(chart)}</g>`);
    top += HEAD + chart.bars.length * ROW + GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" font-family="system-ui, sans-serif" font-size="13">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function chartSvg({ title, unit, bars }: Chart): string {
  const largest = Math.max(...bars.map(({ value }) => value.p75), Number.MIN_VALUE);
  const head = `<text x="16" y="18" font-weight="600">${escaped(title)}</text><text x="16" y="35" fill="#57606a">${escaped(unit)}</text>`;
  return [head, ...bars.map((bar, index) => barSvg(bar, HEAD + index * ROW, largest))].join('\n');
}

function barSvg({ name, value }: Bar, top: number, largest: number): string {
  const x = (measured: number) => LABELS + (Math.max(measured, 0) / largest) * BARS;
  const middle = top + ROW / 2;
  const fill = name.startsWith('authly') || name.startsWith('@authly') ? OURS : THEIRS;
  return [
    `<text x="${LABELS - 10}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
    `<rect x="${LABELS}" y="${top + 3}" width="${(x(value.median) - LABELS).toFixed(1)}" height="${ROW - 6}" fill="${fill}"/>`,
    `<line x1="${x(value.p25).toFixed(1)}" x2="${x(value.p75).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#24292f"/>`,
    `<text x="${(x(value.p75) + 8).toFixed(1)}" y="${middle + 4}">${numberText(value.median)}</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
