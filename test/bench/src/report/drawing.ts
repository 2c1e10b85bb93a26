import { numberText } from './markdown.ts';
import type { Bar, Chart } from './report.ts';

const WIDTH = 860;
const LABELS = 240;
const FIGURES = 90;
const BARS = WIDTH - LABELS - FIGURES;
const ROW = 22;
const HEAD = 44;
const GAP = 22;

/** The drawing has its own background, because a page can be dark on a light system, and the other way round. */
const STYLE = `
.paper { fill: #ffffff } .ink { fill: #24292f } .pale { fill: #57606a } .middle { stroke: #24292f }
.ours { fill: #1f6feb } .theirs { fill: #9aa4b2 }
@media (prefers-color-scheme: dark) {
  .paper { fill: #0d1117 } .ink { fill: #e6edf3 } .pale { fill: #9198a1 } .middle { stroke: #e6edf3 }
  .ours { fill: #4493f8 } .theirs { fill: #656c76 }
}`;

/** How charts are drawn. */
export interface DrawingOptions {
  /** Describes the drawing for people who do not see it. */
  readonly title: string;
  /** A line below the charts. */
  readonly foot?: string;
  /** Whether each median stands beside its bar. Default `true`. */
  readonly figures?: boolean;
}

/**
 * Draws charts below each other as one SVG, for light and dark pages. Bars start at zero and have a line over
 * the middle half.
 */
export function drawing(
  charts: readonly Chart[],
  { title, foot, figures = true }: DrawingOptions,
): string {
  let top = GAP;
  const drawn: string[] = [];
  for (const chart of charts) {
    drawn.push(`<g transform="translate(0 ${top})">${chartSvg(chart, figures)}</g>`);
    top += HEAD + chart.bars.length * ROW + GAP;
  }
  if (foot !== undefined) {
    drawn.push(`<text class="pale" x="16" y="${top + 10}">${escaped(foot)}</text>`);
    top += GAP + 10;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    '<rect class="paper" width="100%" height="100%"/>',
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function chartSvg({ title, unit, bars }: Chart, figures: boolean): string {
  const largest = Math.max(...bars.map(({ value }) => value.p75), Number.MIN_VALUE);
  const head = `<text class="ink" x="16" y="18" font-weight="600">${escaped(title)}</text><text class="pale" x="16" y="35">${escaped(unit)}</text>`;
  const rows = bars.map((bar, index) => barSvg(bar, HEAD + index * ROW, largest, figures));
  return [head, ...rows].join('\n');
}

function barSvg({ name, value }: Bar, top: number, largest: number, figures: boolean): string {
  const x = (measured: number) => LABELS + (Math.max(measured, 0) / largest) * BARS;
  const middle = top + ROW / 2;
  const whose = name.startsWith('authly') || name.startsWith('@authly') ? 'ours' : 'theirs';
  const figure = `<text class="ink" x="${(x(value.p75) + 8).toFixed(1)}" y="${middle + 4}">${numberText(value.median)}</text>`;
  return [
    `<text class="ink" x="${LABELS - 10}" y="${middle + 4}" text-anchor="end">${escaped(name)}</text>`,
    `<rect class="${whose}" x="${LABELS}" y="${top + 3}" width="${(x(value.median) - LABELS).toFixed(1)}" height="${ROW - 6}"/>`,
    `<line class="middle" x1="${x(value.p25).toFixed(1)}" x2="${x(value.p75).toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
    figures ? figure : '',
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
