import { type ChildProcess, spawn } from 'node:child_process';
import { isAbsolute, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** What became of an example that ran to its end. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An example that runs. */
export interface RunningExample {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in what it prints to stdout. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

/**
 * Runs `src/main.ts` of an example, or another `main`, in a process of its own that the test ends: from the
 * packages' sources, or, of a copy whose path is given, as its `start` script does.
 */
export function runExample(
  name: string,
  {
    main = 'main',
    args = [],
    env = {},
  }: { main?: string; args?: readonly string[]; env?: Record<string, string> } = {},
): RunningExample {
  const child = spawn(
    process.execPath,
    [
      ...(isAbsolute(name) ? [] : ['--conditions=@authly/source']),
      '--import',
      'tsx',
      `src/${main}.ts`,
      ...args,
    ],
    {
      cwd: resolvePath(EXAMPLES, name),
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        look();
        ended.then(() => reject(new Error(`${name} ended: ${stderr}`)), reject);
      }),
  };
}
