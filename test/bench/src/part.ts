import { performance } from 'node:perf_hooks';
import { isPartName, PARTS } from './parts/index.ts';
import { scaleOf } from './parts/scale.ts';
import { environmentOf } from './report/environment.ts';
import { reportMarkdown } from './report/markdown.ts';
import { writeReportFile } from './report/reports-folder.ts';

// Runs one part in this process: `node part.js <part> [--quick]`.
const [name = '', ...flags] = process.argv.slice(2);
if (!isPartName(name))
  throw new Error(`No such part: ${name}. Parts: ${Object.keys(PARTS).join(', ')}`);

const quick = flags.includes('--quick');
const environment = environmentOf();
const takenAt = new Date().toISOString();
const start = performance.now();
const findings = await PARTS[name](scaleOf(quick));
const tookSec = (performance.now() - start) / 1_000;

const report = { part: name, environment, takenAt, tookSec, ...findings };
const markdown = reportMarkdown(report);
// A quick run has no useful figures, so it does not replace the last report.
if (!quick) {
  writeReportFile(`${name}.json`, `${JSON.stringify(report, undefined, 2)}\n`);
  writeReportFile(`${name}.md`, markdown);
}
process.stdout.write(`${markdown}\n`);
