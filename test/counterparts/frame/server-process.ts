import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isMissing, MissingToolError } from '../external-tool.ts';
import type { Workbench } from './workbench.ts';

/** A server to start. */
export interface ServerProcess {
  readonly name: string;
  readonly command: readonly string[];
  /** What is missing if the command does not exist. */
  readonly needs: string;
  readonly cwd?: string;
  /** Environment variables, in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it answers. What this throws counts as "not yet". */
  readonly isReady: () => Promise<boolean>;
  /** Default 60 seconds. */
  readonly readyWithinSec?: number;
}

const LOOK_EVERY_MS = 200;
const STOP_WITHIN_MS = 15_000;
const LAST_LINES = 25;

/**
 * Starts a server in its own process group and waits until it answers. It stops with the workbench.
 */
export async function startServer(
  bench: Workbench,
  {
    name,
    command: [file = '', ...args],
    needs,
    cwd,
    env,
    isReady,
    readyWithinSec = 60,
  }: ServerProcess,
): Promise<void> {
  const log = join(bench.folder, `${name}.log`);
  const output = openSync(log, 'a');
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  });
  closeSync(output);
  let fault: Error | undefined;
  child.once('error', (error) => {
    fault = error;
  });
  bench.onEnd(() => stopGroup(child));
  const giveUpAt = performance.now() + readyWithinSec * 1_000;
  while (!(await answers(isReady))) {
    if (fault !== undefined) throw isMissing(fault) ? new MissingToolError(needs) : fault;
    if (hasEnded(child) || performance.now() > giveUpAt) {
      throw new Error(`${name} did not start:\n${lastLinesOf(log)}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}

async function answers(isReady: () => Promise<boolean>): Promise<boolean> {
  try {
    return await isReady();
  } catch {
    return false;
  }
}

/**
 * Ends the process and those that it has started: first with SIGTERM, later with SIGKILL. Waits
 * until all have ended.
 */
async function stopGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const giveUpAt = performance.now() + STOP_WITHIN_MS;
    let isThere = signalGroup(pid, signal);
    while (isThere && performance.now() < giveUpAt) {
      await delay(LOOK_EVERY_MS);
      isThere = signalGroup(pid, 0);
    }
  }
}

/** Sends a signal to the group. Returns whether it had a process. Signal 0 only asks that. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function lastLinesOf(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
