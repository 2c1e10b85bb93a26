import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Where Debian installs servers. The PATH of an ordinary user does not always have all these
 * folders.
 */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/**
 * The path of a server's program, or `undefined` if it is not installed. Then a message is printed
 * and the tests of this server are skipped. If `CI` is set, a missing server fails the tests.
 */
export function findDebianServer(
  program: string,
  debianPackage: string = program,
): string | undefined {
  const found = FOLDERS.map((folder) => join(folder, program)).find(isExecutable);
  if (found !== undefined) return found;
  const missing = `${program} is not installed: apt-get install ${debianPackage}`;
  if (process.env['CI'] !== undefined) throw new Error(missing);
  process.stderr.write(`\nSKIPPED: ${missing}\n\n`);
  return undefined;
}

/** A server in its own process. */
export interface RunningProcess {
  /** Stops the server. Resolves when it has ended. */
  stop(): Promise<void>;
}

const START_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** Starts a server in the foreground, and waits until it answers on its Unix socket. */
export async function startProcess(
  program: string,
  args: readonly string[],
  socketPath: string,
): Promise<RunningProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  }
  const giveUpAt = performance.now() + START_WITHIN_MS;
  while (!(await answers(socketPath))) {
    if (hasEnded(child) || performance.now() > giveUpAt) {
      await stop(child);
      throw new Error(`${program} did not start:\n${output.join('')}`);
    }
    await delay(LOOK_EVERY_MS);
  }
  return { stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
