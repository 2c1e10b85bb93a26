import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const CACHE = new URL('../../node_modules/.cache/counterparts/', import.meta.url);

/** Minutes are for what has to be downloaded. */
const TIMEOUT_MS = 10 * 60_000;

/** A tool that this machine lacks: told in one line, without a stack. */
export class MissingToolError extends Error {
  /** `needs` says what is missing: `go, 1.25 or later`. */
  constructor(needs: string) {
    super(`This needs ${needs}, which is not here.`);
  }
}

/** A folder that stays from one time to the next, for what is downloaded or built. */
export function cacheFolder(name: string): string {
  const folder = fileURLToPath(new URL(`${name}/`, CACHE));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default ten minutes. */
  readonly timeoutMs?: number;
}

/** Runs a program and resolves with what it printed; `needs` says what is missing when it is not there. */
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

/** Whether a program could not be started because there is none of that name. */
export function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
