import { readdirSync } from 'node:fs';
import { sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageNames, read, sourceFiles } from './sources.ts';

// `packages/core/test/keys/snapshot.test.ts` tests `packages/core/src/keys/snapshot.ts`, and so on:
// so the path of one gives the path of the other.

/** Tests that no source file owns alone, and why. */
const OF_SEVERAL_FILES: Readonly<Record<string, string>> = {
  'packages/client/test/reasons-document.test.ts': 'docs/calling-services.md beside the reasons',
  'packages/core/test/differential.test.ts': 'the whole of core beside jose',
  'packages/core/test/http/node-request.sockets.test.ts': 'node-request.ts, on real connections',
  'packages/core/test/keys/keys-document.test.ts': 'docs/keys.md beside the options',
  'packages/core/test/model/errors-document.test.ts': 'docs/errors.md beside the reasons',
  'packages/core/test/options/performance-document.test.ts':
    'docs/performance.md beside the defaults',
  'packages/core/test/parsers.property.test.ts': 'every parser, with input at random',
  'packages/core/test/providers/cross-reading.test.ts': 'each preset with the tokens of the others',
  'packages/core/test/providers/introspected-presets.test.ts':
    'presets and claims.ts: answers as they are documented',
  'packages/core/test/providers/custom-issuer.test.ts':
    'issuers that are no https URL, in several presets',
  'packages/core/test/providers/kubernetes-in-cluster.test.ts':
    'kubernetes.ts and in-cluster.ts, beside a server that behaves like the API server',
  'packages/core/test/providers/kind-matrix.test.ts': 'every preset, with marks of the other kind',
  'packages/core/test/providers/presets.property.test.ts': 'every preset, with claims at random',
  'packages/core/test/providers/presets.test-d.ts': 'the options of every preset',
  'packages/core/test/providers/presets.test.ts': 'every preset, from one table each in tokens/',
  'packages/core/test/providers/principal-keys.test.ts':
    'the database keys of callers that a preset names',
  'packages/core/test/providers/refused-callers.test.ts': 'presets with lists: why they refuse',
  'packages/core/test/providers/start-up.test.ts': 'every preset: what it says of wrong options',
  'packages/core/test/token/vectors.test.ts': 'examples of the RFCs: keys and signatures together',
  'packages/mcp/test/sdk-types.test-d.ts': 'the package beside the types of the MCP SDK',
};

const SUFFIX = /(?:\.property|\.isolated)?\.test(?:-d)?\.ts$/;

const tests = packageNames.flatMap((name) =>
  testFilesOf(name).map((file) => `packages/${name}/test/${file}`),
);

function testFilesOf(packageName: string): readonly string[] {
  const folder = new URL(`../../packages/${packageName}/`, import.meta.url);
  // The adapters have no unit tests: behavior is tested once, through both.
  if (!readdirSync(folder).includes('test')) return [];
  return readdirSync(new URL('test', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => SUFFIX.test(file))
    .map((file) => file.split(sep).join('/'));
}

function mirrored(test: string): string {
  return test.replace('/test/', '/src/').replace(SUFFIX, '.ts');
}

describe('unit tests', () => {
  it('have the folder and the name of the source file that they test', () => {
    const sources = new Set(sourceFiles.map(({ path }) => path));
    expect(tests.length).toBeGreaterThan(0);
    const stray = tests.filter((test) => !sources.has(mirrored(test)));
    expect(stray.sort()).toEqual(Object.keys(OF_SEVERAL_FILES).sort());
  });

  // A module that another file of the same worker has loaded keeps what it imported: a mock would not reach it.
  it('replace modules only in a worker of their own', () => {
    const mocking = tests.filter((test) => /\bvi\.(?:do)?[mM]ock\(/.test(read(test)));
    expect(mocking.length).toBeGreaterThan(0);
    expect(mocking.filter((test) => !test.endsWith('.isolated.test.ts'))).toEqual([]);
  });
});
