// Prints each failed test, then `N passed, M failed`, summed over vitest's JSON reports, and fails
// unless every test passed.
// A file that could not be loaded has no tests to count, so it counts as one failure. A missing
// report counts as one failure, too.
import { readFileSync } from 'node:fs';

const totals = ['tests', 'services'].map(readReport).map(totalsOf);
const passed = totals.reduce((sum, total) => sum + total.passed, 0);
const failed = totals.reduce((sum, total) => sum + total.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (failed > 0 || !totals.every((total) => total.success)) process.exitCode = 1;

function totalsOf({ success, numPassedTests, numFailedTests, testResults }) {
  const unloaded = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
  );
  for (const file of unloaded) process.stdout.write(`${file.name}: ${file.message}\n`);
  for (const file of testResults) {
    for (const test of file.assertionResults.filter((t) => t.status === 'failed')) {
      const [message = ''] = test.failureMessages;
      process.stdout.write(`${file.name}: ${test.fullName}: ${message.split('\n')[0]}\n`);
    }
  }
  return { success, passed: numPassedTests, failed: numFailedTests + unloaded.length };
}

function readReport(name) {
  try {
    return JSON.parse(readFileSync(new URL(`../.reports/${name}.json`, import.meta.url), 'utf8'));
  } catch {
    process.stdout.write(`${name}: the report is missing\n`);
    return { success: false, numPassedTests: 0, numFailedTests: 1, testResults: [] };
  }
}
