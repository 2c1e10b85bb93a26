import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const CACHE = new URL('../../node_modules/.cache/counterparts/', import.meta.url);

/** A download may take minutes. */
const TIMEOUT_MS = 10 * 60_000;

/** The error for a missing tool. It is printed in one line, without a stack. */
export class MissingToolError extends Error {
  /** `needs` says what is missing: `go, 1.25 or later`. */
  constructor(needs: string) {
    super(`This needs ${needs}, which is not here.`);
  }
}

/** A folder for downloads and builds. It stays from one run to the next. */
export function cacheFolder(name: string): string {
  const folder = fileURLToPath(new URL(`${name}/`, CACHE));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Environment variables, in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default ten minutes. */
  readonly timeoutMs?: number;
}

/**
 * Runs a program and resolves with its output. `needs` says what is missing if the program does not
 * exist.
 */
export async function runTool(
  [file = '', ...args]: readonly string[],
  needs: string,
  { cwd, env, timeoutMs = TIMEOUT_MS }: RunOptions = {},
): Promise<string> {
  try {
    const { stdout } = await execute(file, args, {
      timeout: timeoutMs,
      env: { ...process.env, ...env },
      ...(cwd !== undefined && { cwd }),
    });
    return stdout;
  } catch (error) {
    if (isMissing(error)) throw new MissingToolError(needs);
    throw error;
  }
}

/** Whether a program could not be started because it does not exist. */
export function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
