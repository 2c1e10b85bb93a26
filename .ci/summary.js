// Prints `N passed, M failed` from vitest's JSON report, and fails unless every test passed. A file
// that could not be loaded has no tests to count: it counts as one failure.
import { readFileSync } from 'node:fs';

const report = readReport(new URL('../.reports/tests.json', import.meta.url));
const unloaded = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
);
for (const file of unloaded) process.stdout.write(`${file.name}: ${file.message}\n`);

const failed = report.numFailedTests + unloaded.length;
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed\n`);
if (failed > 0 || !report.success) process.exitCode = 1;

function readReport(url) {
  try {
    return JSON.parse(readFileSync(url, 'utf8'));
  } catch {
    process.stdout.write('the tests left no report\n');
    return { success: false, numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}
