import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from './report.ts';

/** The folder of the reports. Git ignores it. */
const REPORTS = fileURLToPath(new URL('../../../../.reports/bench', import.meta.url));

/** Writes a file into the folder of the reports and returns its path. */
export function writeReportFile(name: string, text: string): string {
  mkdirSync(REPORTS, { recursive: true });
  const path = join(REPORTS, name);
  writeFileSync(path, text);
  return path;
}

/** The last report of a part; `undefined` when that part has not run yet. */
export function readReport(part: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(join(REPORTS, `${part}.json`), 'utf8')) as Report;
  } catch {
    return undefined;
  }
}
